"""To which objects a lifecycle's rules apply, and how many rules there may be.

That a rule applies to an object shows at once, in the header `x-amz-expiration`. Source:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from __future__ import annotations

from typing import Final

from conformance.probing import (
    Workbench,
    behaviour,
    core,
    equals,
    has_header,
    offered,
    promise,
    refused,
)
from conformance.subjects.lifecycles import (
    DELETION,
    ELEMENTS,
    EXPIRATION,
    PUT,
    expire,
    get,
    names,
    put,
    rule,
)

MOST: Final = 1000


@behaviour(
    "Lifecycle",
    "filter-tags",
    checks=(
        core("both", f"the rule's id in {EXPIRATION} of an object with both tags", ELEMENTS),
        promise("one", f"no {EXPIRATION} of an object with one of them", ELEMENTS),
        promise("other-value", f"no {EXPIRATION} of an object with another value", ELEMENTS),
        promise("more", "the rule's id for an object with a third tag, too", ELEMENTS),
    ),
)
def filter_tags(bench: Workbench, _: str) -> None:
    """Apply a rule to the objects that have all of its tags."""
    bucket, name = bench.lease("lifecycle header"), bench.nonce()
    tags = "".join(f"<Tag><Key>{key}</Key><Value>yes</Value></Tag>" for key in ("one", "two"))
    offered(bench.treat(put(bucket, rule(name, DELETION, where=f"<And>{tags}</And>"))))
    for check, tagging in (
        ("both", "one=yes&two=yes"),
        ("one", "two=yes"),
        ("other-value", "one=yes&two=no"),
        ("more", "one=yes&two=yes&three=yes"),
    ):
        subject = bench.put(bucket=bucket, headers={"x-amz-tagging": tagging})
        head = bench.effect(subject.call("HeadObject"))
        applies = check in ("both", "more")
        bench.check(check, names(head, name) if applies else has_header(head, EXPIRATION, None))


@behaviour(
    "Limit",
    "lifecycle-1000-rules",
    checks=(
        core("within", f"{MOST} rules as they were put", PUT),
        core("beyond", f"a refusal of {MOST + 1} rules", PUT),
        promise("kept", "the rules from before the refusal", PUT),
    ),
)
def most_rules(bench: Workbench, _: str) -> None:
    """Keep up to a thousand rules of a bucket, and refuse more."""
    bucket = bench.lease("lifecycle")
    rules = [expire(f"r{number}", f"p{number}/") for number in range(MOST + 1)]
    offered(bench.control(put(bucket, rules[0])))
    bench.treat(put(bucket, *rules[:MOST]))
    back = bench.effect(get(bucket))
    bench.check("within", equals("rules", len(back.texts("Rule/ID")), MOST, back))
    bench.setup(put(bucket, rules[MOST]))
    beyond = bench.effect(put(bucket, *rules))
    bench.check("beyond", refused(beyond))
    if beyond.ok:
        bench.skip("kept", because="the request was not refused")
        return
    back = bench.effect(get(bucket))
    bench.check("kept", equals("rules", back.texts("Rule/ID"), [f"r{MOST}"], back))
