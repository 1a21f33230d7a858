"""A KFP API server for tests: real HTTP on loopback, kept to the official API description where that is at hand."""

from tests.fake_kfp.description import DESCRIPTION_FILE, ApiDescription
from tests.fake_kfp.server import FakeKfp, Misbehaviour, closed_address

__all__ = ["DESCRIPTION_FILE", "ApiDescription", "FakeKfp", "Misbehaviour", "closed_address"]
