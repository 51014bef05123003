"""No title that is written from here on holds a character that nobody can see. What was written before stays readable."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('selection', '0012_plausible_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddConstraintNotValid(
            model_name='candidatedocument',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='candidatedocument_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='scoringmodel',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='scoringmodel_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
        AddConstraintNotValid(
            model_name='selectionround',
            constraint=models.CheckConstraint(condition=models.Q(('title__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='selectionround_title_visible', violation_error_code='hidden_character', violation_error_message='The title holds a character that nobody can see. Type it again.'),
        ),
    ]
