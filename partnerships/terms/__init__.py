"""Terms: objectives, responsibilities, activities, milestones, programs, and amounts."""
