from django.db import migrations, models

COUNT = """
CREATE FUNCTION routes_step_has_layers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE routes_storystep t
       SET has_layers = EXISTS (SELECT 1 FROM routes_storystep_layers l WHERE l.storystep_id = t.id)
     WHERE t.id IN (OLD.storystep_id, NEW.storystep_id);
    RETURN NULL;
END
$$
"""
TRIGGER = (
    "CREATE TRIGGER step_has_layers AFTER INSERT OR UPDATE OR DELETE ON routes_storystep_layers "
    "FOR EACH ROW EXECUTE FUNCTION routes_step_has_layers()"
)
OF_ALL = "UPDATE routes_storystep SET has_layers = id IN (SELECT storystep_id FROM routes_storystep_layers)"


class Migration(migrations.Migration):
    """A step that is about layers says so, also to those who see none of them."""

    dependencies = [("routes", "0010_maps_shown")]
    operations = [
        migrations.AddField(
            "storystep",
            "has_layers",
            models.BooleanField(db_default=False, default=False, editable=False, verbose_name="is about layers"),
        ),
        migrations.RunSQL(
            [COUNT, TRIGGER],
            ["DROP TRIGGER step_has_layers ON routes_storystep_layers", "DROP FUNCTION routes_step_has_layers()"],
        ),
        migrations.RunSQL(
            ["SELECT set_config('imap.keeping', 'on', true)", OF_ALL, "SELECT set_config('imap.keeping', '', true)"],
            migrations.RunSQL.noop,
        ),
    ]
