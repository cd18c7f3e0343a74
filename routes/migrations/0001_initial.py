
import access.fields
import atlas.addresses
import atlas.periods
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import djgeojson.fields
import routes.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('atlas', '0003_names_of_relations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Layer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(validators=[atlas.addresses.validate_not_reserved], verbose_name='identifier')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_en', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('name_fr', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('name_ar', models.CharField(max_length=120, null=True, verbose_name='name')),
                ('precision', models.PositiveSmallIntegerField(default=2, help_text='to which open access rounds: 2 is about a kilometre', validators=[django.core.validators.MaxValueValidator(5)], verbose_name='decimals of a degree')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='layers', to='atlas.dialogue', verbose_name='dialogue')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='layers', to='atlas.theme', verbose_name='theme')),
            ],
            options={
                'verbose_name': 'layer',
                'verbose_name_plural': 'layers',
                'ordering': ['dialogue', 'position'],
            },
        ),
        migrations.CreateModel(
            name='MapEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year of the map')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='number in its year')),
                ('is_proof', models.BooleanField(default=False, verbose_name='proof for the quality check')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('title_en', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_fr', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('title_ar', models.CharField(max_length=200, null=True, verbose_name='title')),
                ('first_year', models.PositiveSmallIntegerField(verbose_name='first year shown')),
                ('last_year', models.PositiveSmallIntegerField(verbose_name='last year shown')),
                ('as_of', models.CharField(max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='information as of')),
                ('published_at', models.DateTimeField(verbose_name='published')),
                ('checked', models.JSONField(default=list, verbose_name='quality-checked by')),
                ('digest', models.CharField(max_length=32, verbose_name='mark of the content')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='map_editions', to='atlas.dialogue', verbose_name='dialogue')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='published by')),
            ],
            options={
                'verbose_name': 'map edition',
                'verbose_name_plural': 'map editions',
                'ordering': ['dialogue', '-year', '-number'],
            },
        ),
        migrations.CreateModel(
            name='MapAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('checked', 'quality-checked'), ('remarks', 'remarks')], max_length=10, verbose_name='answer')),
                ('remark', models.TextField(blank=True, verbose_name='remarks')),
                ('answered_at', models.DateTimeField(auto_now_add=True, verbose_name='answered')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens])),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='map_answers', to='atlas.partner', verbose_name='agency')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='routes.mapedition', verbose_name='map edition')),
            ],
            options={
                'verbose_name': 'answer to a quality check',
                'verbose_name_plural': 'answers to quality checks',
                'ordering': ['edition', 'answered_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Reason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.CharField(max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='date')),
                ('text', models.TextField(verbose_name='what changed')),
                ('text_en', models.TextField(null=True, verbose_name='what changed')),
                ('text_fr', models.TextField(null=True, verbose_name='what changed')),
                ('text_ar', models.TextField(null=True, verbose_name='what changed')),
                ('source', models.CharField(max_length=250, verbose_name='source')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='atlas.dialogue', verbose_name='dialogue')),
                ('route', models.ForeignKey(limit_choices_to={'kind': 'route'}, on_delete=django.db.models.deletion.PROTECT, related_name='reasons', to='atlas.subject', verbose_name='route')),
            ],
            options={
                'verbose_name': 'reason of a change',
                'verbose_name_plural': 'reasons of changes',
                'ordering': ['date', 'route'],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mode', models.CharField(choices=[('land', 'by land'), ('sea', 'by sea'), ('air', 'by air')], max_length=10, verbose_name='mode')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position on the route')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=None, help_text='empty: as the layer', null=True, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('layer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='routes.layer', verbose_name='layer')),
                ('route', models.ForeignKey(limit_choices_to={'kind': 'route'}, on_delete=django.db.models.deletion.PROTECT, related_name='segments', to='atlas.subject', verbose_name='route')),
            ],
            options={
                'verbose_name': 'route segment',
                'verbose_name_plural': 'route segments',
                'ordering': ['route', 'position'],
            },
        ),
        migrations.CreateModel(
            name='SegmentDrawing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_shown', models.BooleanField(default=True, verbose_name='shown on the next map')),
                ('first_year', routes.models.PartialDateField(blank=True, help_text='empty: not recorded', max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='since')),
                ('last_year', routes.models.PartialDateField(blank=True, help_text='empty: not recorded', max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='until')),
                ('remark', models.TextField(blank=True, verbose_name='remark')),
                ('remark_en', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('remark_fr', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('remark_ar', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('line', djgeojson.fields.LineStringField(verbose_name='line')),
                ('confidence', models.CharField(choices=[('documented', 'documented'), ('indicative', 'indicative'), ('presumed', 'presumed')], default='presumed', max_length=20, verbose_name='confidence')),
                ('source', models.TextField(blank=True, verbose_name='source')),
                ('segment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='drawing', to='routes.segment', verbose_name='route segment')),
            ],
            options={
                'verbose_name': 'line of a route segment',
                'verbose_name_plural': 'lines of route segments',
            },
        ),
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('hub', 'hub'), ('town', 'town'), ('port', 'port'), ('crossing', 'crossing point'), ('landing', 'landing point')], max_length=20, verbose_name='kind')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=None, help_text='empty: as the layer', null=True, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('layer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stops', to='routes.layer', verbose_name='layer')),
                ('place', models.ForeignKey(limit_choices_to={'kind__in': ['hub', 'city']}, on_delete=django.db.models.deletion.PROTECT, related_name='stops_here', to='atlas.subject', verbose_name='place')),
            ],
            options={
                'verbose_name': 'stop',
                'verbose_name_plural': 'stops',
                'ordering': ['layer', 'place'],
            },
        ),
        migrations.AddField(
            model_name='segment',
            name='end',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arriving', to='routes.stop', verbose_name='ends at'),
        ),
        migrations.AddField(
            model_name='segment',
            name='start',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departing', to='routes.stop', verbose_name='starts at'),
        ),
        migrations.CreateModel(
            name='MapFeature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('segment', 'route segment'), ('stop', 'stop'), ('reason', 'reason of a change')], max_length=10)),
                ('layer', models.SlugField(blank=True)),
                ('geometry', models.JSONField(help_text='GeoJSON, WGS 84 degrees, longitude first; rounded as the layer says where it is open', null=True)),
                ('west', models.FloatField(null=True)),
                ('south', models.FloatField(null=True)),
                ('east', models.FloatField(null=True)),
                ('north', models.FloatField(null=True)),
                ('properties', models.JSONField(help_text='names by language, mode, confidence, years, source, as published')),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), default=list, help_text='ISO codes of the countries it lies in, in their order', size=None)),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens])),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='features', to='routes.mapedition')),
                ('route', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='atlas.subject')),
                ('reason', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='routes.reason')),
                ('segment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='routes.segment')),
                ('stop', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='published', to='routes.stop')),
            ],
            options={
                'verbose_name': 'feature of a map',
                'verbose_name_plural': 'features of maps',
                'ordering': ['edition', 'kind', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='StopDrawing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_shown', models.BooleanField(default=True, verbose_name='shown on the next map')),
                ('first_year', routes.models.PartialDateField(blank=True, help_text='empty: not recorded', max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='since')),
                ('last_year', routes.models.PartialDateField(blank=True, help_text='empty: not recorded', max_length=10, validators=[atlas.periods.validate_partial_date], verbose_name='until')),
                ('remark', models.TextField(blank=True, verbose_name='remark')),
                ('remark_en', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('remark_fr', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('remark_ar', models.TextField(blank=True, null=True, verbose_name='remark')),
                ('point', djgeojson.fields.PointField(verbose_name='position')),
                ('stop', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='drawing', to='routes.stop', verbose_name='stop')),
            ],
            options={
                'verbose_name': 'position of a stop',
                'verbose_name_plural': 'positions of stops',
            },
        ),
        migrations.CreateModel(
            name='Story',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(validators=[atlas.addresses.validate_not_reserved], verbose_name='last word of the address')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('title_en', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_fr', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('title_ar', models.CharField(max_length=160, null=True, verbose_name='title')),
                ('introduction', models.TextField(blank=True, verbose_name='introduction')),
                ('introduction_en', models.TextField(blank=True, null=True, verbose_name='introduction')),
                ('introduction_fr', models.TextField(blank=True, null=True, verbose_name='introduction')),
                ('introduction_ar', models.TextField(blank=True, null=True, verbose_name='introduction')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                ('audience', access.fields.AudienceField(base_field=models.TextField(), blank=True, default=access.fields.no_tokens, size=None, validators=[access.fields.validate_tokens], verbose_name='audience')),
                ('dialogue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stories', to='atlas.dialogue', verbose_name='dialogue')),
                ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stories', to='atlas.theme', verbose_name='theme')),
            ],
            options={
                'verbose_name': 'guided story',
                'verbose_name_plural': 'guided stories',
                'ordering': ['dialogue', 'position', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='StoryStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='position')),
                ('heading', models.CharField(max_length=160, verbose_name='heading')),
                ('heading_en', models.CharField(max_length=160, null=True, verbose_name='heading')),
                ('heading_fr', models.CharField(max_length=160, null=True, verbose_name='heading')),
                ('heading_ar', models.CharField(max_length=160, null=True, verbose_name='heading')),
                ('text', models.TextField(verbose_name='text')),
                ('text_en', models.TextField(null=True, verbose_name='text')),
                ('text_fr', models.TextField(null=True, verbose_name='text')),
                ('text_ar', models.TextField(null=True, verbose_name='text')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('quarter', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)], verbose_name='quarter')),
                ('latitude', models.FloatField(validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='latitude')),
                ('longitude', models.FloatField(validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='longitude')),
                ('zoom', models.FloatField(default=4, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(7)], verbose_name='zoom')),
                ('layers', models.ManyToManyField(blank=True, help_text='empty: all layers', related_name='+', to='routes.layer', verbose_name='layers')),
                ('route', models.ForeignKey(blank=True, help_text='empty: all routes', limit_choices_to={'kind': 'route'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='atlas.subject', verbose_name='route')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='routes.story', verbose_name='guided story')),
            ],
            options={
                'verbose_name': 'step of a story',
                'verbose_name_plural': 'steps of a story',
                'ordering': ['story', 'position', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.UniqueConstraint(fields=('dialogue', 'slug'), name='one_layer_of_a_name'),
        ),
        migrations.AddConstraint(
            model_name='layer',
            constraint=models.CheckConstraint(condition=models.Q(('precision__lte', 5)), name='precision_within_a_metre'),
        ),
        migrations.AddConstraint(
            model_name='mapedition',
            constraint=models.UniqueConstraint(fields=('dialogue', 'is_proof', 'year', 'number'), name='one_number_of_a_map'),
        ),
        migrations.AddConstraint(
            model_name='mapedition',
            constraint=models.CheckConstraint(condition=models.Q(('last_year__gte', models.F('first_year'))), name='a_map_runs_forwards'),
        ),
        migrations.AddConstraint(
            model_name='mapanswer',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'remarks'), ('remark', ''), _negated=True), name='remarks_say_something'),
        ),
        migrations.AddConstraint(
            model_name='reason',
            constraint=models.UniqueConstraint(fields=('dialogue', 'route', 'date'), name='one_reason_on_a_date'),
        ),
        migrations.AddConstraint(
            model_name='stop',
            constraint=models.UniqueConstraint(fields=('layer', 'place', 'kind'), name='one_stop_of_a_kind_at_a_place'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(fields=('route', 'start', 'end', 'mode'), name='one_segment_between_two_stops'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.CheckConstraint(condition=models.Q(('start', models.F('end')), _negated=True), name='a_segment_leads_somewhere'),
        ),
        migrations.AddConstraint(
            model_name='mapfeature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'segment'), ('segment__isnull', False)), models.Q(('kind', 'stop'), ('stop__isnull', False)), models.Q(('kind', 'reason'), ('reason__isnull', False)), _connector='OR'), name='a_feature_has_its_record'),
        ),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.UniqueConstraint(fields=('dialogue', 'slug'), name='one_story_at_an_address'),
        ),
    ]
