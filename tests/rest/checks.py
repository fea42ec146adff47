"""Checks of this API beside those that schemathesis has: the code of an error is one that the operation lists."""

import schemathesis


@schemathesis.check
def error_code_is_listed(ctx, response, case):
    if response.status_code < 400 or response.status_code >= 500:
        return
    code = response.json()["error"]["code"]
    stated = case.operation.definition.raw["responses"].get(str(response.status_code), {})
    listed = stated.get("x-error-codes", [])
    assert code in listed, f"{response.status_code} has the code {code}, and the document lists {listed}"
