"""The judge of the exchanges itself: it must see what breaks the official description."""

import pytest

from tests.fake_kfp import DESCRIPTION_FILE, ApiDescription

pytestmark = pytest.mark.skipif(not DESCRIPTION_FILE.is_file(), reason="the official API description is not at hand")
RUNS = "/apis/v2beta1/runs"


@pytest.fixture(scope="module")
def description() -> ApiDescription:
    return ApiDescription()


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "words"),
    [
        ("GET", "/apis/v2beta1/nothing", {}, None, "no such operation"),
        ("DELETE", RUNS, {}, None, "no such operation"),
        ("GET", RUNS, {"pagesize": "1"}, None, "unknown query parameter 'pagesize'"),
        ("GET", RUNS, {"page_size": "many"}, None, "not a whole number"),
        ("GET", RUNS, {"filter": '{"predicates": [{"op": 1}]}'}, None, "filter"),
        ("POST", RUNS, {}, None, "body is missing"),
        ("POST", RUNS, {}, {"experiment_id": 5}, "is not of type 'string'"),
        ("POST", RUNS, {}, {"nickname": "x"}, "nickname"),
        ("POST", RUNS, {}, {"state": "DONE"}, "is not one of"),
        ("POST", RUNS, {}, {"created_at": "yesterday"}, "is not a 'date-time'"),
        ("POST", "/apis/v2beta1/pipelines/upload", {}, ["file"], "no 'uploadfile'"),
    ],
)
def test_requests_that_break_it_are_seen(
    description: ApiDescription, method: str, path: str, query: dict[str, str], body: object, words: str
) -> None:
    found = description.request_violations(method, path, query, body)
    assert any(words in violation for violation in found), found


def test_requests_that_keep_to_it_pass(description: ApiDescription) -> None:
    named = '{"predicates": [{"operation": 1, "key": "display_name", "stringValue": "x"}]}'
    assert description.request_violations("GET", RUNS, {"page_size": "10", "filter": named}, None) == []
    run = {"display_name": "r", "runtime_config": {"parameters": {"a": [1, {"b": None}]}}}
    assert description.request_violations("POST", RUNS, {}, run) == []
    assert description.request_violations("POST", f"{RUNS}/some-id:terminate", {}, None) == []


def test_responses_are_judged_too(description: ApiDescription) -> None:
    run = {"run_id": "r", "run_details": {"task_details": [{"execution_id": "12"}, {"execution_id": 12}]}}
    assert description.response_violations("GET", f"{RUNS}/r", 200, run) == []
    run["run_details"] = {"task_details": [{"execution_id": 1.5}]}
    assert description.response_violations("GET", f"{RUNS}/r", 200, run) != []
    assert description.response_violations("GET", f"{RUNS}/r", 404, {"code": 5, "message": "no"}) == []
    assert description.response_violations("GET", f"{RUNS}/r", 404, {"error": 5}) != []
