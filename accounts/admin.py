"""Users, mandates and reading groups in the admin. Nominations, audiences and the activity log have admins in their folders."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.auth.admin import UserAdmin
from django.db.models import Q
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import models
from accounts.dialogue_members import members_without_standing
from accounts.dialogue_model_admin import DialogueModelAdmin
from accounts.nominations.mandates import retire
from accounts.safe_forms.page_state import PageState, facts_of, state_of_row
from accounts.signing_in import agency_accounts
from accounts.signing_in.credentials import reset_credentials
from accounts.signing_in.factors import take_away_all
from atlas.translation_admin import TranslatedAdmin

# Secrets, keys of sessions, and what the portal does not use: not for an admin to see or to make.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])


class SecretariatInline(admin.TabularInline):
    model = models.SecretariatMember
    extra = 0


class AffiliationInline(admin.TabularInline):
    """Read only: mandates begin by nomination and end with an entry in their history."""

    model = models.Affiliation
    extra = 0
    fields = ["partner", "office", "begins_on", "ends_on", "is_focal_point", "may_nominate"]
    readonly_fields = ["partner", "office", "begins_on", "ends_on", "is_focal_point", "may_nominate"]
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


class NewUserForm(forms.ModelForm):
    class Meta:
        model = models.User
        fields = ["email", "name", "language"]

    def save(self, commit=True):
        """A new account has no usable password; its person sets one by a password reset link."""
        self.instance.email = self.instance.email.lower()
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(models.User)
class PortalUserAdmin(UserAdmin):
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "name", "language", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "affiliations__partner__kind"]
    search_fields = ["email", "name"]
    fieldsets = [
        (None, {"fields": ["email", "name", "language", "password"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "language"]})]
    inlines = [SecretariatInline, AffiliationInline]
    actions = ["take_away_factors", "let_in_new_agency_accounts"]

    @admin.action(description=_("Take away all second factors (of someone who lost them)"), permissions=["change"])
    def take_away_factors(self, request, queryset):
        for user in queryset:
            take_away_all(user)
            self.log_change(request, user, "second factors taken away")
        self.message_user(request, _("They are told by e-mail, and signed out everywhere."))

    @admin.action(description=_("Let in their new account at an agency"), permissions=["change"])
    def let_in_new_agency_accounts(self, request, queryset):
        for user in queryset:
            agency_accounts.forget(user)
            self.log_change(request, user, "account at an agency forgotten")
        self.message_user(request, _("The account that they sign in by next is theirs from then on."))

    def user_change_password(self, request, id, form_url=""):
        """Refuses to overwrite a password or account that somebody else changed since the page was opened."""
        user = self.get_object(request, unquote(id))
        if user is None or not self.has_change_permission(request, user):
            return super().user_change_password(request, id, form_url)
        if request.method == "POST":
            models.User.objects.select_for_update(of=("self",)).get(pk=user.pk)
            user.refresh_from_db()
        facts = facts_of(user, only=flatten_fieldsets(self.fieldsets))
        shown = PageState(request, facts, beside=[state_of_row(user), user.password])
        if shown.is_older:
            request.method = "GET"  # so that it is asked anew; of passwords nothing is sent back
        response = super().user_change_password(request, id, form_url)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data["shown"] = shown
        return response

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        """Resets the credentials of an account that is opened or closed by hand, as a nomination does."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data:
            reset_credentials(obj)

    def save_formset(self, request, form, formset, change):
        """Removing a seat ends the person's sessions, and closes the account if nothing else keeps it open."""
        super().save_formset(request, form, formset, change)
        if formset.model is models.SecretariatMember and formset.deleted_objects:
            retire(form.instance)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(models.ReadingGroup)
class ReadingGroupAdmin(DialogueModelAdmin, TranslatedAdmin):
    list_display = ["name", "dialogue", "ends_on"]

    def get_readonly_fields(self, request, obj=None):
        """Audiences name the group, so its identifier and its dialogue never change."""
        return ["slug", "dialogue", "without_standing"] if obj else []

    def has_delete_permission(self, request, obj=None):
        """Audiences of published editions name the group for good; it ends by its date."""
        return False

    @admin.display(description=_("members who read nothing by it"))
    def without_standing(self, group: models.ReadingGroup) -> str:
        members = members_without_standing(group)
        if not members:
            return gettext("None: every member has a mandate, an invitation or a seat in this dialogue.")
        names = gettext(", ").join(f"{member} ({member.email})" for member in members)
        sentence = gettext(
            "%(names)s. They have no mandate, invitation or seat in this dialogue today: invite them until a date, as people without a partner, or take them out."
        )
        return sentence % {"names": names}

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Offers as members the people of the secretariat's own dialogues and those who are members already."""
        dialogues = request.viewer.secretariats
        of_a_dialogue = Q(affiliations__scopes__dialogue__in=dialogues) | Q(secretariats__dialogue__in=dialogues)
        of_a_dialogue |= Q(engagements__dialogue__in=dialogues)
        members = Q(reading_groups__dialogue__in=dialogues)
        kwargs["queryset"] = models.User.objects.filter(of_a_dialogue | members).distinct().order_by("email")
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)
