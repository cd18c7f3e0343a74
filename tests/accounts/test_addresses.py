"""An address is what mail is sent to: compared exactly, and nothing that only looks like it."""

import pytest
from django.core.exceptions import ValidationError

from accounts.email_addresses import AddressCheck, check_of, normalised
from accounts.models import ApprovedAddress, PartnerPolicy
from atlas.models import Partner


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Salma.Bennani@IMAP.example", "salma.bennani@imap.example"),
        ("  salma@imap.example ", "salma@imap.example"),
        ("salma@intérieur.example", "salma@xn--intrieur-d1a.example"),
        ("salma@الداخلية.example", "salma@xn--mgbagtd9jd2c.example"),
        ("salma@ＩＭＡＰ.example", "salma@imap.example"),
    ],
)
def test_an_address_is_kept_as_it_is_sent_to(written, kept):
    assert normalised(written) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "", "salma", "@imap.example", "salma@", "salma@imap", "salma@imap.example.", "salma@.example", "salma@[127.0.0.1]",
        '"salma@evil.example"@imap.example', "salma@evil.example,@imap.example", "salma@imap.example\nBcc: x@evil.example",
        "salma@imap.example\u202e", "salma\u200b@imap.example", "sılma@imap.example", "ſalma@imap.example",
        "\u212aarim@imap.example", "salma..b@imap.example", f"{'x' * 65}@imap.example", f"x@{'a' * 64}.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(written):
    with pytest.raises(ValidationError):
        normalised(written)


@pytest.mark.django_db
def test_a_partners_domain_is_matched_exactly_and_a_single_address_can_be_approved():
    morocco = Partner.objects.get(pk="morocco")
    PartnerPolicy.objects.update_or_create(
        partner=morocco, defaults={"domains": ["imap.example", "xn--intrieur-d1a.example"]}
    )
    ApprovedAddress.objects.create(partner=morocco, email="salma@mail.example")
    known = {
        "salma@imap.example": AddressCheck.DOMAIN,
        "salma@intérieur.example": AddressCheck.DOMAIN,
        "Salma@Mail.example": AddressCheck.APPROVED,
        "karim@mail.example": AddressCheck.UNKNOWN,
    }
    assert {email: check_of(morocco, normalised(email)) for email in known} == known
    assert check_of(Partner.objects.get(pk="ukraine"), "salma@imap.example") is AddressCheck.UNKNOWN


@pytest.mark.django_db
@pytest.mark.parametrize(
    "look_alike",
    [
        "salma@evil-imap.example", "salma@imap.example.evil", "salma@mail.imap.example", "salma@example",
        "salma@imap.examplе", "salma@іmap.example", "salma@imap-example.evil", "imap.example@evil.example",
        "salma+imap.example@evil.example", "salma@imap.example.com", "salma@xn--imap.example",
    ],
)  # fmt: skip
def test_a_domain_that_looks_alike_is_another(look_alike):
    morocco = Partner.objects.get(pk="morocco")
    try:
        kept = normalised(look_alike)
    except ValidationError:
        return
    assert check_of(morocco, kept) is AddressCheck.UNKNOWN
