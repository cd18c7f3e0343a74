"""Models of users, the partners and dialogues they stand for, and reading groups."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.fields import refuse_what_no_token_can_name
from access.names import CANNOT_BE_USED, NamedQuerySet, Sayable
from access.numbers import RandomKeyField
from access.triggers import Trigger
from access.viewer import ANYONE, Viewer
from accounts.models.words import refuse_hidden_words
from atlas.change_counters import COUNTED_AS_REFERENCE
from atlas.models import Dialogue, Partner, Theme


class TokensOf(models.Func):
    """The tokens that a user holds now, as the database function `imap_tokens_of` defines them."""

    function = "imap_tokens_of"
    output_field = ArrayField(models.TextField())

    def __init__(self):
        super().__init__(models.F("pk"))


EVERY_CODE = 2**settings.MFA_RECOVERY_CODE_COUNT - 1  # the mask of a list on paper that is used up


class OwedBy(models.Func):
    """What a user still owes before they may read on; `imap_owed_by` in the database finds it, `accounts.signing_in.pending_steps` judges."""

    function = "imap_owed_by"
    output_field = ArrayField(models.TextField())

    def __init__(self):
        super().__init__(models.F("pk"), models.Value(EVERY_CODE))


class NewsDigest(models.TextChoices):
    NONE = "none", _("no digest")
    DAILY = "daily", _("every day")
    WEEKLY = "weekly", _("every week")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **values) -> "User":
        user: User = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **values):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **values)

    def with_tokens(self):
        """Annotates users with their tokens and pending steps."""
        return self.get_queryset().annotate(tokens=TokensOf(), owes=OwedBy())

    def hold(self, pk: int) -> "User":
        """The account as it is now; until the transaction ends, its mandates are changed here alone.

        Taken before the mandates themselves, so that two requests never wait for each other.
        """
        return self.get_queryset().select_for_update(no_key=True).get(pk=pk)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. `know_standing` fills `held_tokens` and `owed` from the query that loaded the row."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True, validators=[refuse_hidden_words])
    language = models.CharField(_("language"), max_length=7, choices=settings.LANGUAGES, default="en")
    news_digest = models.CharField(
        _("digest of the news by e-mail"), max_length=10, choices=NewsDigest, default=NewsDigest.NONE
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("works in the admin"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    visit_began_at = models.DateTimeField(_("this visit began"), null=True, editable=False)
    last_visit_at = models.DateTimeField(_("the visit before"), null=True, editable=False)
    # Counted up when everything that a sign-in left open ends: sessions, sign-ins half done, devices that are known.
    sign_ins_ended = models.PositiveIntegerField(_("times that all sign-ins ended"), default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    held_tokens: list[str] | None = None
    owed: list[str] | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_for_an_address",
                violation_error_message=_("There is an account with this address already."),
                violation_error_code="email",
            )
        ]
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self):
        return self.name or self.email

    def get_short_name(self):
        return self.name or self.email

    def _get_session_auth_hash(self, secret=None) -> str:
        """Also depends on `sign_ins_ended`, so that raising it ends all sessions. Django's depends on the password alone."""
        made_of = f"{self.password}:{self.sign_ins_ended}"
        return salted_hmac("accounts.User.session_auth_hash", made_of, secret=secret, algorithm="sha256").hexdigest()

    @property
    def has_joined(self) -> bool:
        """Whether the person has signed in or set a password; until then there is an invitation."""
        return self.has_usable_password() or self.last_login is not None

    @property
    def viewer(self) -> Viewer:
        """What this person may see, as of the time when the row was loaded."""
        if not self.is_active:
            return ANYONE
        self.know_standing()
        return Viewer.of(self.held_tokens or ())

    def know_standing(self) -> "User":
        """Fills `held_tokens` and `owed`, from the query that loaded the row if it was `with_tokens`."""
        if self.held_tokens is None or self.owed is None:
            row = self if hasattr(self, "owes") else User.objects.with_tokens().get(pk=self.pk)
            self.held_tokens, self.owed = row.tokens, row.owes
        return self


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def current(self):
        """Affiliations that give rights today; `imap_tokens_of` applies the same rule."""
        today = timezone.localdate()
        return self.open().filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=today), begins_on__lte=today)

    def open(self):
        """Affiliations that nobody has ended: current ones, and those suspended until they are re-confirmed."""
        return self.filter(ended_at__isnull=True)

    def of_authority(self, viewer: Viewer):
        """Affiliations of the partners for which this viewer may nominate."""
        return self.filter(partner__in=viewer.authorities)

    def of_desk(self, viewer: Viewer):
        """Affiliations accepted for a dialogue whose secretariat this viewer is."""
        scopes = Scope.objects.filter(affiliation=models.OuterRef("pk"), dialogue__in=viewer.secretariats)
        return self.filter(models.Exists(scopes))

    def nominating(self):
        """Affiliations authorised by their partner to nominate; `imap_tokens_of` applies the same rule."""
        return self.filter(models.Q(may_nominate=True) | models.Q(is_focal_point=True))


class Affiliation(models.Model):
    """A user stands for a partner, from a date until a date.

    Past `ends_on` it is suspended, and the partner may re-confirm it; with `ended_at` it is over for good. After
    `leaves_on` a successor has the post, so it is not re-confirmed. Focal points nominate, as nominating authorities do.
    In `left_dialogues` (slugs) a secretariat ended it for its own dialogue alone: it gives no standing there.
    """

    mentions = ("partner",)

    id = RandomKeyField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="affiliations", verbose_name=_("user"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="affiliations", verbose_name=_("partner"))
    office = models.CharField(_("office"), max_length=160, blank=True)
    begins_on = models.DateField(_("begins on"), default=timezone.localdate)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    leaves_on = models.DateField(_("hands over on"), null=True, blank=True, editable=False)
    left_dialogues = ArrayField(
        models.TextField(), verbose_name=_("ended by the Secretariats of"), default=list, blank=True, editable=False
    )
    is_focal_point = models.BooleanField(_("national focal point"), default=False)
    may_nominate = models.BooleanField(_("may nominate"), default=False)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        ordering = ["user", "partner"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "partner"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_affiliation_to_a_partner",
                violation_error_message=_("This person stands for this partner already."),
                violation_error_code="partner",
            )
        ]
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")

    def __str__(self):
        return f"{self.user} – {self.partner}"

    def held_at(self, moment: datetime) -> bool:
        """Whether the user stood for the partner at that time, suspended or not."""
        return self.begins_on <= moment.date() and (self.ended_at is None or self.ended_at >= moment)

    @property
    def is_suspended(self) -> bool:
        return self.ended_at is None and self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def nominates(self) -> bool:
        return self.may_nominate or self.is_focal_point


# Whoever asks, or ends a mandate, finds all of it: what a person may do follows from these rows, before there is a viewer.
RIGHTS = {"dialogue": "What a person holds is asked before there is a viewer, and ended whole, whoever ends it."}


class Scope(models.Model):
    """The dialogue and theme that an affiliation is for.

    It gives a token when the partner's role in the dialogue is *partner*, or when the secretariat granted it.
    """

    mentions = ("theme",)
    regardless_of = RIGHTS

    affiliation = models.ForeignKey(Affiliation, models.CASCADE, related_name="scopes", verbose_name=_("affiliation"))
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="scopes", verbose_name=_("dialogue"))
    theme = models.ForeignKey(Theme, models.CASCADE, related_name="scopes", verbose_name=_("theme"))
    is_granted = models.BooleanField(_("granted by the Secretariat"), default=False)

    class Meta:
        ordering = ["affiliation", "dialogue", "theme"]
        constraints = [models.UniqueConstraint(fields=["affiliation", "dialogue", "theme"], name="one_scope_once")]
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")

    def __str__(self):
        return f"{self.dialogue} · {self.theme}"


class SecretariatMember(models.Model):
    """A user who works in the secretariat of a dialogue."""

    regardless_of = RIGHTS

    user = models.ForeignKey(User, models.CASCADE, related_name="secretariats", verbose_name=_("user"))
    dialogue = models.ForeignKey(
        Dialogue, models.CASCADE, related_name="secretariat_members", verbose_name=_("dialogue")
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "dialogue"], name="one_seat_in_a_secretariat")]
        verbose_name = _("member of a secretariat")
        verbose_name_plural = _("members of secretariats")

    def __str__(self):
        return f"{self.user} · {self.dialogue}"


class Engagement(models.Model):
    """A secretariat's invitation to someone who stands for no partner, such as an external translator, until a date.

    It gives standing in the dialogue, so what names the person there: their token in it, and those of its groups.
    """

    regardless_of = RIGHTS

    user = models.ForeignKey(User, models.CASCADE, related_name="engagements", verbose_name=_("user"))
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="engagements", verbose_name=_("dialogue"))
    purpose = models.CharField(
        _("purpose"),
        max_length=160,
        validators=[refuse_hidden_words],
        help_text=_("such as translation into Arabic"),
    )
    ends_on = models.DateField(_("ends on"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["user", "dialogue"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "dialogue"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_engagement",
                violation_error_message=_("This person is engaged in this dialogue already."),
                violation_error_code="user",
            )
        ]
        verbose_name = _("person without a partner")
        verbose_name_plural = _("people without a partner")

    def __str__(self):
        return f"{self.user} – {self.dialogue_id}"


class ReadingGroup(Sayable, models.Model):
    """A named group of readers, such as an expert meeting; named to its members and to the secretariat that made it.

    Its members read by it while they stand in its dialogue.
    """

    regardless_of = {"dialogue": "Named by a rule of its own, to its members and its secretariat."}
    triggers = (
        COUNTED_AS_REFERENCE,
        Trigger("stays", "BEFORE DELETE", "accounts_readinggroup_stays()"),
        Trigger(
            "stays_in_its_dialogue",
            "BEFORE UPDATE",
            "accounts_readinggroup_stays()",
            when="NEW.slug <> OLD.slug OR NEW.dialogue_id <> OLD.dialogue_id",
        ),
    )

    slug = models.SlugField(
        _("identifier"),
        primary_key=True,
        validators=[refuse_what_no_token_can_name],
        error_messages={"unique": CANNOT_BE_USED},
    )
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="reading_groups", verbose_name=_("dialogue"))
    name = models.CharField(_("name"), max_length=160)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    members = models.ManyToManyField(User, related_name="reading_groups", blank=True, verbose_name=_("members"))

    objects = NamedQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="a_group_names_a_token",
                violation_error_message=_("Small letters, digits and hyphens only: it becomes part of who may read."),
                violation_error_code="slug",
                condition=models.Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
            )
        ]
        verbose_name = _("reading group")
        verbose_name_plural = _("reading groups")

    def __str__(self):
        return self.name

    @property
    def is_open(self) -> bool:
        return self.ends_on is None or self.ends_on >= timezone.localdate()

    @classmethod
    def own_rule(cls, viewer: Viewer) -> models.Q:
        """Visible as a row whose audience is the group itself and its secretariat."""
        condition = models.Q()
        for held in (viewer.tokens, viewer.within):
            if held is not None:
                condition &= models.Q(pk__in=tokens.named(held, "group")) | models.Q(
                    dialogue__in=tokens.named(held, "secretariat")
                )
        return condition
