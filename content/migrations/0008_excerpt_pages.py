import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0007_series_video_tool_landing"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="resourcepage",
            name="n_excerpt_pages",
            field=models.PositiveSmallIntegerField(
                default=2, validators=[django.core.validators.MaxValueValidator(4)], verbose_name="pages to look into"
            ),
        ),
        migrations.AddConstraint(
            model_name="resourcepage",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_excerpt_pages__lte", 4)), name="resource_excerpt_is_short"
            ),
        ),
    ]
