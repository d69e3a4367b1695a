from django.db import migrations, models


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel("Note", [number(), ("text", models.TextField(unique=True))]),
        migrations.CreateModel("Job", [number(), ("word", models.TextField()), ("result", models.TextField(null=True))]),
        migrations.CreateModel("Tick", [number(), ("at", models.DateTimeField(auto_now_add=True))]),
    ]
