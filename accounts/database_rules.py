"""The database's rules of accounts beside those that stand at the models (`access.installation`)."""

from accounts.tokens_sql import STANDING, TOKENS_OF, TOKENS_OF_PERSONA

FUNCTIONS = (STANDING, TOKENS_OF, TOKENS_OF_PERSONA)

OF_ONES_OWN = "Of one account; pages ask for those of the person who is signed in, and secretariats for their own."
OF_DJANGO = "Django's table of rights: read to say what an account may do in the admin."
UNLOCKED = {
    **dict.fromkeys(
        (
            "accounts_user",
            "accounts_affiliation",
            "accounts_scope",
            "accounts_secretariatmember",
            "accounts_engagement",
            "accounts_approvedaddress",
            "accounts_invitation",
            "accounts_reminder",
            "accounts_sentform",
            "accounts_acceptance",
            "accounts_personaltoken",
            "accounts_agencyaccount",
            "accounts_partnerpolicy",
            "accounts_policywidening",
        ),
        OF_ONES_OWN,
    ),
    **dict.fromkeys(
        ("accounts_readinggroup", "accounts_readinggroup_members"),
        "Who holds which token is asked before there is a viewer; the names of groups follow the rule of `access.names`.",
    ),
    "accounts_termsofuse": "Open to everyone.",
    **dict.fromkeys(
        (
            "accounts_user_groups",
            "accounts_user_user_permissions",
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_content_type",
        ),
        OF_DJANGO,
    ),
    **dict.fromkeys(
        (
            "account_emailaddress",
            "account_emailconfirmation",
            "mfa_authenticator",
            "socialaccount_socialaccount",
            "socialaccount_socialapp",
            "socialaccount_socialtoken",
            "usersessions_usersession",
            "django_session",
        ),
        "How one signs in: asked before there is a viewer.",
    ),
    "django_admin_log": "Who changed what in the admin, for its own pages.",
}
