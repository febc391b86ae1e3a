"""Helpers of the tests: model builders and harnesses. No test lives here."""
