from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.signing_in.factors import encrypt_anew


class Command(BaseCommand):
    help = "Encrypts the secrets of second factors with today's SECRET_KEY, so that its predecessors can be forgotten."

    @transaction.atomic
    def handle(self, *args, **options):
        self.stdout.write(f"second factors: {encrypt_anew()} encrypted anew")
