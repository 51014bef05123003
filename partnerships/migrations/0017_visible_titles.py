"""No title that is written from here on holds a character that nobody can see. What was written before stays readable."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0011_visible_titles'),
        ('partnerships', '0016_documented_loads'),
        ('selection', '0013_visible_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='activity',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='activity_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='agendaitem',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='agendaitem_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='amendment_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='award_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='document',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='document_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='evaluation',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='evaluation_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='milestone_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='objective',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='objective_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='outcomeindicator',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='outcomeindicator_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='partnership',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='partnership_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='programme_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
    ]
