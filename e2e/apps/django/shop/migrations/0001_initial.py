import django.utils.timezone
from django.db import migrations, models


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Note", [number(), ("text", models.TextField(unique=True))]),
        migrations.CreateModel(
            "Job",
            [
                number(),
                ("word", models.TextField()),
                ("result", models.TextField(null=True)),
                ("handed_in_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_late", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel("Tick", [number(), ("at", models.DateTimeField(auto_now_add=True))]),
    ]
