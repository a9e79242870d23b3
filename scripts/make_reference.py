#!/usr/bin/env python3
"""
Write `docs/reference/`: every key of `glimpse.toml`, every command, every lever with what it saves at three sizes,
the families of resources, what each type means for a bill, and every setting and the session of the chat, as the
program itself knows them; and into the READMEs the first lines of `glimpse plan`.

    python scripts/make_reference.py

Also the JSON Schemas of `drill`, `verify` and the stack's state, which the package ships, from their types.

A test checks that what is committed is what this writes.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from glimpse.chat.protocol.session import MOVES, ON_POLLING, ON_WEBSOCKET
from glimpse.chat.settings import MIGRATION_SETTINGS, SETTINGS
from glimpse.commands import OWN_STACK, parser
from glimpse.operations import state
from glimpse.operations.checks import report_json
from glimpse.operations.drills import result
from glimpse.operations.monitoring import report_json as watch_json
from glimpse.planner.estimate import Estimator
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import GLIMPSE, GROUPS, Lever
from glimpse.planner.levers.service import ORIGINAL
from glimpse.planner.money import usd_text
from glimpse.planner.outside import price_files, workload_files
from glimpse.planner.outside.terraform_files import resource_types
from glimpse.planner.outside.terraform_files.families import file_of, readers
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.plan import BEST, BEST_WITH_PLANNED, TODAY, Effect, Plan
from glimpse.planner.plan_document import DOCUMENTS
from glimpse.planner.plan_document.steps import steps_of_lever
from glimpse.planner.report.savings import saving_text
from glimpse.planner.scenarios import plan_of
from glimpse.planner.workload import TERMS, Promises, unstated
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS, OPTIONAL_KEYS, TEXT_KEYS, NumberKey
from glimpse.words import LANGUAGES, Words, codes

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY / "docs/reference"
SCHEMAS = REPOSITORY / "src/glimpse/operations/schemas"
CASES = REPOSITORY / "tests/levers"
BEGINNINGS = (ON_POLLING, ON_WEBSOCKET)
SIZES = (500, 5_000, 50_000)
NOT_GIVEN_UP = {"connections_fit", "sockets", "unknown", "unknown_near"}
"""Promises that no stack makes by itself, and sentences about names that are no promise."""


def _meaning(key: str) -> str:
    """What a key of `glimpse.toml` means, in both languages."""
    return " · ".join(Words(language)(f"key_{key}") for language in LANGUAGES)


def _listed(names: Iterable[str | None]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _number_row(key: NumberKey) -> str:
    bounds = f"{key.lowest} to {key.highest}" if key.highest != "1e12" else f"at least {key.lowest}"
    default = f"`{key.built_in}`" if key.built_in else "–"
    return f"| `{key.path}` | {_meaning(key.name)} | {key.unit} | {default} | {bounds} |"


def _may_be_given_up() -> Iterator[str]:
    """A row for each name of `may_give_up`: what it is, and the levers that give it up."""
    names = {code.removeprefix("promise_") for code in codes() if code.startswith("promise_")}
    for name in sorted(names - NOT_GIVEN_UP):
        meaning = " · ".join(Words(language)(f"promise_{name}") for language in LANGUAGES)
        levers = _listed(lever.name for lever in LEVERS.values() if lever.gives_up == name)
        yield f"| `{name}` | {meaning} | {levers or '–'} |"


def workload_page() -> str:
    """Every key of `glimpse.toml` with its unit, bounds and built-in value."""
    hours = ", ".join(f"{float(hour):g}" for hour in BUILT_IN_HOURS)
    promises = [f"| `promises.{name}` | {_meaning(name)} |" for name in Promises.__dataclass_fields__]
    derived = [f"| `{row.name}` | {row.formula} | {float(row.value):,.2f} {row.unit} |" for row in unstated().derived()]
    return "\n".join(
        [
            "# `glimpse.toml`",
            "",
            "<!-- made by scripts/make_reference.py -->",
            "What only the owner of a stack knows: its people, its usage, and what must be kept. Every key may be left",
            "out. The file stands beside the stack, or is given with `--workload FILE`; `glimpse init` writes one with",
            "the keys that a stack can use. 모든 키는 생략할 수 있어요. `glimpse init`이 스택에서 쓸 수 있는 키를 담은",
            "파일을 만들어 줘요.",
            "",
            "## People",
            "",
            "With `people.users`, the keys below have their defaults. Without it, no people are assumed, and what they",
            "would do is not counted. `people.users`를 적으면 아래 키는 기본값을 써요. 적지 않으면 아무도 가정하지",
            "않고, 사람들의 이용량을 계산하지 않아요.",
            "",
            "| key | means | unit | default | allowed |",
            "|---|---|---|---|---|",
            *map(_number_row, (*KEYS, *OPTIONAL_KEYS)),
            "",
            f"`people.hours`: {_meaning('hours')}. Default: {hours}.",
            "",
            "## Service and stack",
            "",
            "| key | means | default |",
            "|---|---|---|",
            *(f"| `{key.path}` | {_meaning(key.name)} | – |" for key in TEXT_KEYS),
            "",
            f"`service.runs` is one of {_listed(workload_files.capacities())}. Without it, tasks are not sized by",
            "load: a service is billed at its fewest tasks. Without `stack.environment`, tags and names of the",
            f"resources tell the environment. `plan.document` is one of {_listed(DOCUMENTS)}.",
            "",
            "## Scenarios",
            "",
            f"Each key is {Words('en')('key_scenarios')}. Their names: [levers](levers.md).",
            f"{Words('ko')('key_scenarios')}이에요. 이름은 [변경안](levers.ko.md)에 있어요.",
            "",
            "```toml",
            "[scenarios]",
            'careful = ["gp3", "gateway_endpoints"]',
            "```",
            "",
            "## Promises",
            "",
            "A promise that is stated here is judged, and `glimpse plan` exits with 1 where the stack breaks it. Where",
            "nothing is stated, a stack promises what it has today, resource by resource, and no change that takes",
            "something away is recommended. 여기에 적은 약속을 스택이 지키지 못하면 `glimpse plan`의 종료 코드가",
            "1이에요. 적지 않으면 지금 스택에 있는 것이 약속이고, 그것을 줄이는 변경은 추천하지 않아요.",
            "",
            "| key | the stack keeps |",
            "|---|---|",
            *promises,
            "",
            "### Names for `may_give_up`",
            "",
            "What you can do without. A lever that gives up nothing else may then be recommended.",
            "포기해도 되는 것의 이름이에요. 그것만 포기하는 변경안은 추천될 수 있어요.",
            "",
            "```toml",
            "[promises]",
            'may_give_up = ["secrets_manager", "x86"]',
            "```",
            "",
            "| name | is | levers that give it up |",
            "|---|---|---|",
            *_may_be_given_up(),
            "",
            "## Usage",
            "",
            "How much one resource consumes a month, under Infracost's keys; `--format json` lists those of a line as",
            "`usage_keys`. `[*]` is any index, `*` any text, and the nearest of several entries counts, key by key:",
            "an exact address, then an address with `*`, then a type. `--usage FILE` reads an `infracost-usage.yml`;",
            "where both say something equally near, this file counts. 리소스 하나가 한 달에 얼마나 쓰는지 적어요.",
            "",
            "```toml",
            '[usage."module.network.aws_nat_gateway.this[*]"]',
            "monthly_data_processed_gb = 120",
            "",
            '[usage."aws_lambda_function"]',
            "monthly_requests = 2_000_000",
            "request_duration_ms = 80",
            "```",
            "",
            "## Commitments",
            "",
            "What was bought in advance stands here, never in Terraform. An upfront payment is spread over its term.",
            "",
            "```toml",
            "[[commitments]]",
            'address = "module.rds.aws_db_instance.this"',
            'term = "reserved_1yr_no_upfront"',
            "bought_on = 2026-01-15",
            "```",
            "",
            f"Terms: {_listed(TERMS)}.",
            "",
            "## Accepted",
            "",
            "What `--strict` may pass over, each with a reason. `*` stands for any text.",
            "",
            "```toml",
            "[[accepted]]",
            'address = "aws_workspaces_workspace.*"',
            'reason = "paid by another team"',
            "```",
            "",
            "## What follows from it",
            "",
            "Shown by every report where people are stated; here with every key at its default. What a service",
            "logs follows from what it was measured to write, or from `sizes.log_bytes_per_event`.",
            "",
            "| figure | formula | default |",
            "|---|---|---|",
            *derived,
            "",
        ]
    )


@cache
def plans(runs: str = GLIMPSE) -> Mapping[int, Plan]:
    """
    This repository's own stack with one service in its tasks, planned for each number of users on the day of the newest
    price.
    """
    own = REPOSITORY / OWN_STACK
    stack = read_stack(own)
    stated = workload_files.workload_beside(own, None)
    newest = datetime.date.fromisoformat(max(entry.newest for entry in price_files.manifest()[1]))
    prices, capacities = price_files.catalogue(stack.region), workload_files.capacities_of(stated)
    found = {}
    for users in SIZES:
        workload = replace(stated, runs=runs, numbers={**stated.numbers, "users": Fraction(users)})
        found[users] = plan_of(stack, Estimator(prices, workload, capacities, newest))
    return found


TEXTS: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "title": "Levers",
        "about": "Each lever is one change of a stack. `glimpse plan` tries every lever on every stack, and recommends"
        " those of the first group that certainly save. What gives something up is shown with its price, and may be"
        " recommended where [`may_give_up`](workload.md#names-for-may_give_up) names what it gives up.",
        "groups": {
            "same_for_less": "Nothing that the stack has today is lost. These make `best`.",
            "gives_up": "Less money for less: each names what it gives up.",
            "commitment": "A year or more is paid for in advance, whether it is used or not.",
            "by_hand": "The files do not tell whether somebody needs these. Look, then delete them yourself.",
        },
        "own": "This repository's own stack",
        "own_about": "In Seoul, USD a month. `balanced` is the recommendation of the plan document.",
        "users": "users",
        "move": "A team that runs the original",
        "move_about": "With `[service] runs = \"nestjs-original\"` the tasks run the NestJS service that Glimpse was"
        " made to replace. The lever `glimpse_service` moves to Glimpse. USD a month on the same stack:",
        "move_columns": (
            "today", "the move alone saves", "`best` with the original", "`best` with Glimpse", "difference"
        ),
        "move_after": "`≥`: what the original logs was not measured, so its logs are not in these figures. The last"
        " column is the move together with the changes that require Glimpse.",
        "takes": "It takes",
        "part": "decides",
        "effort": "effort",
        "by": "by",
        "requires": "requires Glimpse",
        "gives_up": "gives up",
        "mends": "mends a risk, costs nothing",
        "risk": "Risk",
        "alone": "alone",
        "beside": "in the best",
        "own_effect": "Our own stack, USD saved a month:",
        "case": "On the case `tests/levers/{name}`: ${before} → ${after} a month; {saves}.",
        "saves": "it saves ${usd}",
        "saves_least": "it saves ${usd} or more",
        "saves_usage": "whether it saves depends on usage that was not given",
        "saves_rate": "it lowers what usage is charged",
        "saves_zero": "it costs nothing",
        "saves_below": "it saves up to {usage} a month",
        "saves_above": "it saves from {usage} a month on",
        "or": " or ",
        "unknown": "what it saves is unknown for want of a price",
        "alone_about": "*Alone*: on the stack as it is. *In the best*: taken out of `best`, or put in instead of the"
        " lever that decides the same part. `?`: the saving depends on usage that was not given, or on a price that is"
        " not held. `a…b`: between both.",
    },
    "ko": {
        "title": "변경안",
        "about": "변경안 하나는 스택을 바꾸는 한 가지 방법이에요. `glimpse plan`은 모든 스택에 모든 변경안을 시도하고,"
        " 첫 번째 묶음에서 확실히 절감되는 것을 추천해요. 무언가를 포기하는 변경안은 금액과 함께 보여 주고,"
        " [`may_give_up`](workload.md#names-for-may_give_up)에 포기해도 되는 것을 적으면 추천할 수 있어요.",
        "groups": {
            "same_for_less": "지금 스택에 있는 것을 하나도 잃지 않아요. `best`는 이 변경안으로 만들어요.",
            "gives_up": "비용이 줄지만 무언가를 포기해요. 무엇을 포기하는지 변경안마다 적혀 있어요.",
            "commitment": "쓰든 쓰지 않든 1년 이상의 요금을 약속해요.",
            "by_hand": "필요한 리소스인지 파일만으로는 알 수 없어요. 확인한 다음 직접 지우세요.",
        },
        "own": "이 저장소의 스택",
        "own_about": "서울 리전, 월 USD예요. `balanced`는 계획 문서가 추천한 구성이에요.",
        "users": "사용자",
        "move": "원래 서비스를 쓰는 팀",
        "move_about": "`[service] runs = \"nestjs-original\"`을 적으면 task에서 Glimpse 이전의 NestJS 서비스가"
        " 실행되는 것으로 계산해요. 변경안 `glimpse_service`는 Glimpse로 옮기는 것이에요. 같은 스택에서 월 USD예요.",
        "move_columns": (
            "지금", "옮기기만 할 때 절감", "원래 서비스의 `best`", "Glimpse의 `best`", "차이"
        ),
        "move_after": "`≥`: 원래 서비스가 남기는 로그는 측정하지 않아서 금액에 없어요. 마지막 열은 옮긴 뒤에만 쓸 수"
        " 있는 변경안까지 더한 절감액이에요.",
        "takes": "필요한 작업",
        "part": "정하는 것",
        "effort": "작업",
        "by": "구현",
        "requires": "Glimpse에서만",
        "gives_up": "포기하는 것",
        "mends": "비용 없이 위험을 없앰",
        "risk": "위험",
        "alone": "단독",
        "beside": "best 기준",
        "own_effect": "이 저장소의 스택, 월 절감액(USD):",
        "case": "예제 `tests/levers/{name}`: 월 ${before} → ${after}. {saves}.",
        "saves": "${usd} 절감돼요",
        "saves_least": "${usd} 이상 절감돼요",
        "saves_usage": "절감 여부는 알려지지 않은 사용량에 따라 달라요",
        "saves_rate": "사용량 요금이 줄어요",
        "saves_zero": "비용이 들지 않아요",
        "saves_below": "월 {usage}까지 절감돼요",
        "saves_above": "월 {usage}부터 절감돼요",
        "or": " 또는 ",
        "unknown": "가격이 없어 절감액을 알 수 없어요",
        "alone_about": "*단독*: 지금 스택에 그것만 적용할 때예요. *best 기준*: `best`에서 빼거나, 같은 것을 정하는"
        " 변경안 대신 넣을 때예요. `?`: 알려지지 않은 사용량이나 없는 가격에 따라 달라요. `a…b`: 두 값 사이예요.",
    },
}  # fmt: skip


def levers_page(language: str) -> str:
    """Every lever by its group: what it gives up, takes and risks, what it saves on our own stack and on its case."""
    words, texts = Words(language), TEXTS[language]
    parts = [
        f"# {texts['title']}",
        "",
        "<!-- made by scripts/make_reference.py -->",
        f"*[{'English' if language == 'ko' else '한국어'}](levers{'' if language == 'ko' else '.ko'}.md)*",
        "",
        texts["about"],
        "",
        *_own_stack(words, texts),
        *_the_move(words, texts),
    ]
    for group in GROUPS:
        parts += [f"## {words(f'group_{group}')}", "", texts["groups"][group], ""]
        for lever in LEVERS.values():
            if lever.group == group:
                parts += _lever(lever, words, texts)
    return "\n".join(parts)


def _own_stack(words: Words, texts: Mapping[str, Any]) -> Iterator[str]:
    """What our own stack costs at each size, and what the free tier would change."""
    planned = any(row.name == BEST_WITH_PLANNED for plan in plans().values() for row in plan.scenarios)
    names = (TODAY, "balanced", BEST, *((BEST_WITH_PLANNED,) if planned else ()))
    yield from (f"## {texts['own']}", "", texts["own_about"], "")
    yield f"| {texts['users']} | {' | '.join(f'`{name}`' for name in names)} |"
    yield f"|---|{'---|' * len(names)}"
    for users, plan in plans().items():
        # Where it is no scenario of its own, it is the best.
        held = {row.name: row for row in plan.scenarios}
        costs = (usd_text(held.get(name, held[BEST]).bill.monthly) for name in names)
        yield f"| {users:,} | {' | '.join(costs)} |"
    yield ""
    for users, plan in plans().items():
        for reason in plan.reasons:
            if reason.code in ("free_tier_changes", "no_free_tier_changes"):
                yield f"- {users:,}: {words.render(reason)}"
    yield from ("", texts["alone_about"], "")


def _the_move(words: Words, texts: Mapping[str, Any]) -> Iterator[str]:
    """What the move to Glimpse takes and saves at each size."""
    lever, columns = LEVERS["glimpse_service"], texts["move_columns"]
    yield from (f"## {texts['move']}", "", texts["move_about"], "")
    yield f"| {texts['users']} | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for users, plan in plans(ORIGINAL).items():
        best, moved = (row.scenario(BEST).bill.monthly for row in (plan, plans()[users]))
        effect = _effect(lever, plan)
        alone = saving_text(effect.alone) if effect else "–"
        amounts = (usd_text(plan.today.bill.monthly), alone, usd_text(best), usd_text(moved), usd_text(best - moved))
        yield f"| {users:,} | {' | '.join(amounts)} |"
    yield from ("", texts["move_after"], "")
    yield from (f"**{texts['takes']}:** {_sentence(words(f'how_{lever.name}'))}", "")
    yield from (f"**{texts['risk']}:** {_sentence(words(f'risk_{lever.name}'))}", "")


def _effect(lever: Lever, plan: Plan) -> Effect | None:
    """What a lever does to a stack; None where it changes nothing, or is not offered."""
    return next((effect for effect in plan.effects if effect.lever is lever and effect.changes), None)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _lever(lever: Lever, words: Words, texts: Mapping[str, Any]) -> Iterator[str]:
    facts = [
        f"`{lever.name}`",
        f"{texts['part']}: {lever.slot}",
        f"{texts['effort']}: {words(f'effort_{lever.effort}')}",
        f"{texts['by']}: {words(lever.implemented)}",
    ]
    if lever.gives_up:
        facts.append(f"{texts['gives_up']}: {words(f'promise_{lever.gives_up}')} (`{lever.gives_up}`)")
    facts += [texts[name] for name, holds in (("requires", lever.requires), ("mends", lever.mends)) if holds]
    yield from (f"### {words(f'lever_{lever.name}')}", "", " · ".join(facts), "")
    yield from (_sentence(words(f"how_{lever.name}")), "")
    yield from (f"**{texts['risk']}:** {_sentence(words(f'risk_{lever.name}'))}", "")
    effects = {users: _effect(lever, plan) for users, plan in plans().items()}
    if any(effects.values()):
        yield from (texts["own_effect"], "")
        yield from (f"| {texts['users']} | {texts['alone']} | {texts['beside']} |", "|---|---|---|")
        for users, effect in effects.items():
            shown = map(saving_text, (effect.alone, effect.here)) if effect else ("–", "–")
            yield f"| {users:,} | {' | '.join(shown)} |"
        yield ""
        own = tuple(steps_of_lever(lever, plans()[SIZES[0]].today.bill.stack))
        yield from (f"- {words(f'phase_{step.phase}')}: {words.render(step.what)}" for step in own)
        yield from [""] * bool(own)
    if (CASES / lever.name).is_dir():
        yield from (_case(lever, texts), "")


def _case(lever: Lever, texts: Mapping[str, Any]) -> str:
    """What a lever saves on its own small stack. tests/planner/test_lever_cases.py checks the totals of `bill.txt`."""
    lines = (CASES / lever.name / "bill.txt").read_text(encoding="utf-8").splitlines()
    totals = dict(line.split(": ", 1) for line in lines if not line.startswith(" "))
    sides = [line.split()[0] for line in lines if line.startswith(("  below ", "  above "))]
    usages = [_usage(line) for line in lines if line.startswith(("  below ", "  above "))]
    usd = totals["saves"].removesuffix(" or more")
    if usd == "?":
        saves = texts["unknown"]
    elif usages and all(usages):
        saves = texts[f"saves_{sides[0]}"].format(usage=texts["or"].join(usages))
    elif usages:
        saves = texts["saves_usage"]
    elif usd == totals["saves"]:
        saves = texts["saves" if float(usd) else "saves_zero"].format(usd=usd)
    else:
        saves = texts["saves_least" if float(usd) else "saves_rate"].format(usd=usd)
    before, after = (totals[part].removeprefix("at least ") for part in ("before", "after"))
    return str(texts["case"]).format(name=lever.name, before=before, after=after, saves=saves)


def _usage(line: str) -> str:
    """`below 1.5 GB of ADDRESS KEY` as `1.5 GB (KEY)`; empty where no usage at all is meant."""
    _, units, *rest = line.split()
    if not float(units):
        return ""
    unit = " ".join(rest[: rest.index("of")])
    # Some units begin with a number: 1M requests.
    return f"{units.removesuffix('.0')} {'× ' if unit[0].isdigit() else ''}{unit} (`{rest[-1]}`)"


PRICED = "priced"
MEANING_OF_TYPES = {
    PRICED: ("a line of the bill", "청구서에 금액이 나와요"),
    resource_types.FREE: ("costs nothing itself", "자체 요금이 없어요"),
    "no_price_held": ("AWS charges for it, and it is not priced here", "AWS 요금이 있지만 아직 계산하지 못해요"),
    "account_wide": ("charged by what goes on in the whole account", "계정 전체의 사용량에 따라 과금돼요"),
    "by_use": ("charged by use alone, of which no price is held", "사용량으로만 과금되는데 가격이 없어요"),
    "subscription": ("a subscription of the whole account", "계정 전체에 적용되는 구독이에요"),
    "commitment": ("a purchase in advance: `[[commitments]]`", "선구매 약정이에요: `[[commitments]]`"),
    "by_use_elsewhere": ("what it makes is charged as other resources", "만들어 내는 것이 다른 리소스로 과금돼요"),
    "marketplace": ("sold by a seller of AWS Marketplace", "AWS Marketplace 판매자가 팔아요"),
    "retired": ("AWS no longer offers it", "AWS가 더는 제공하지 않아요"),
    "not_known": ("whether AWS charges for it is not known", "AWS 요금이 있는지 알 수 없어요"),
    "in_cluster": (
        "runs in a Kubernetes cluster, and may ask AWS for load balancers, disks or Fargate pods there",
        "Kubernetes 클러스터에서 실행되고, 로드 밸런서나 디스크, Fargate 파드를 AWS에 요청할 수 있어요",
    ),
}
TYPE_TEXTS = {
    "en": {
        "title": "Resource types",
        "about": "What each resource type of the AWS provider means for a bill, also of types that only older providers"
        " had. What is neither priced nor free is named in the bill with its reason.",
        "means": "means",
        "types": "types",
        "by_service": "By service",
        "only": "Free only with these values",
        "only_about": "With any other value, the resource is named as unpriced. Left out, the argument costs nothing.",
        "argument": "argument",
        "values": "free while it is",
        "left_out": "left out",
        "because": "Why it is free",
        "others": "Other providers",
        "free_providers": "Free, for their resources exist on the machine that runs Terraform or inside a server that"
        " is charged where it stands",
        "cluster": "In a Kubernetes cluster, and named as unpriced but for the types listed as free above",
        "rest": "Everything else is not AWS's, and is named so.",
    },
    "ko": {
        "title": "리소스 유형",
        "about": "AWS provider의 모든 리소스 유형이 청구서에서 어떻게 다뤄지는지예요. 예전 provider에만 있던 유형도"
        " 들어 있어요. 계산하지도 무료도 아닌 것은 청구서에 이유와 함께 나와요.",
        "means": "뜻",
        "types": "유형 수",
        "by_service": "서비스별",
        "only": "이 값일 때만 무료",
        "only_about": "다른 값이면 계산하지 못한 것으로 나와요. 인수를 생략하면 요금이 없어요.",
        "argument": "인수",
        "values": "무료인 값",
        "left_out": "생략",
        "because": "무료인 이유 (영어)",
        "others": "다른 provider",
        "free_providers": "무료 (Terraform을 실행하는 컴퓨터나, 이미 과금되는 서버 안에만 있는 리소스)",
        "cluster": "Kubernetes 클러스터에서 실행 (위에 무료로 나온 유형을 빼고 계산하지 못한 것으로 나와요)",
        "rest": "그 밖에는 AWS 리소스가 아니라고 나와요.",
    },
}


def resource_types_page(language: str) -> str:
    """What each resource type means for a bill, by service."""
    texts, column = TYPE_TEXTS[language], LANGUAGES.index(language)
    other = "ko" if language == "en" else "en"
    listed = {**resource_types.listed(), **dict.fromkeys(readers(), PRICED)}
    services: dict[str, dict[str, list[str]]] = {}
    for type_, meaning in sorted(listed.items()):
        services.setdefault(resource_types.service_of(type_), {}).setdefault(meaning, []).append(type_)
    lines = [
        f"# {texts['title']}",
        "",
        "<!-- made by scripts/make_reference.py -->",
        f"*[{'한국어' if other == 'ko' else 'English'}](resource-types{'.ko' if other == 'ko' else ''}.md)*",
        "",
        texts["about"],
        "",
        f"| | {texts['types']} | {texts['means']} |",
        "|---|---|---|",
    ]
    counts = Counter(listed.values())
    for meaning, described in MEANING_OF_TYPES.items():
        lines.append(f"| `{meaning}` | {counts[meaning] or ''} | {described[column]} |")
    lines += ["", f"## {texts['by_service']}"]
    for service in sorted(services, key=str.lower):
        lines += ["", f"### {service}", ""]
        for meaning in MEANING_OF_TYPES:
            if types := services[service].get(meaning):
                lines.append(f"- **{meaning}** {' '.join(f'`{type_}`' for type_ in types)}")
    lines += ["", f"## {texts['only']}", "", texts["only_about"], ""]
    lines += [f"| {texts['argument']} | {texts['values']} |", "|---|---|"]
    for type_ in sorted(listed):
        for argument, values in resource_types.free_only(type_).items():
            free = ", ".join(f"`{value}`" for value in values) or texts["left_out"]
            lines.append(f"| `{type_}.{argument}` | {free} |")
    lines += ["", f"## {texts['because']}", ""]
    lines += [f"- `{type_}`: {why}" for type_ in sorted(listed) if (why := resource_types.free_because(type_))]
    lines += ["", f"## {texts['others']}", ""]
    for key, meaning in (("free_providers", resource_types.FREE), ("cluster", resource_types.IN_CLUSTER)):
        names = " ".join(f"`{name}`" for name in sorted(resource_types.providers(meaning)))
        lines.append(f"- {texts[key]}: {names}")
    return "\n".join([*lines, "", texts["rest"], ""])


def families_page() -> str:
    """What each family of resources is charged for, in its own words, and which types it reads."""
    rows = []
    for path in sorted((REPOSITORY / "src/glimpse/planner/resources").glob("[a-z]*.py")):
        about = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
        rows.append(f"| `{path.stem}` | {' '.join(about.split())} |")
    types_of = []
    for name in sorted(set(map(file_of, readers()))):
        types = sorted(type_ for type_ in readers() if file_of(type_) == name)
        types_of.append(f"| `{name.rpartition('.')[2]}` | {' '.join(f'`{type_}`' for type_ in types)} |")
    return "\n".join(
        [
            "# Families of resources",
            "",
            "<!-- made by scripts/make_reference.py -->",
            "Resources that AWS charges in one way. Formulas and constants stand in `src/glimpse/planner/resources/`,",
            "each with its source; `tests/cases/` holds a stack for each, with its bill.",
            "",
            "| family | is charged for |",
            "|---|---|",
            *rows,
            "",
            "## Types",
            "",
            "By the file of `outside/terraform_files/families/` that reads them.",
            "",
            "| file | types |",
            "|---|---|",
            *types_of,
            "",
        ]
    )


def commands_page() -> str:
    """The help of every command."""
    parts = ["# Commands", "", "<!-- made by scripts/make_reference.py -->", ""]
    for title, command in _commands(parser(Words("en"))):
        parts += [f"## `{title}`", "", "```", command.format_help().strip(), "```", ""]
    return "\n".join(parts)


def settings_page() -> str:
    """Every setting of the chat service."""
    lines = ["# Settings of the chat service", "", "<!-- made by scripts/make_reference.py -->"]
    for command, settings in (("serve", SETTINGS), ("migrate", MIGRATION_SETTINGS)):
        lines += [
            "",
            f"`glimpse {command}` reads these from its environment.",
            "",
            "| variable | default | is | 뜻 |",
            "|---|---|---|---|",
        ]
        for setting in settings:
            default = f"`{setting.default}`" if setting.default else ""
            meanings = (Words(language)(f"setting_of_{setting.field}") for language in LANGUAGES)
            lines.append(f"| `{setting.variable}` | {default} | {' | '.join(meanings)} |")
    return "\n".join([*lines, ""])


def session_page() -> str:
    """The life of a connection, drawn from the table that the service runs on."""
    lines = ["# The life of a connection", "", "<!-- made by scripts/make_reference.py -->", ""]
    lines += ["One Engine.IO session, as `chat/protocol/session.py` has it.", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in BEGINNINGS]
    lines += [f"    {before} --> {after}: {event}" for (before, event), after in MOVES.items()]
    return "\n".join([*lines, "    closed --> [*]", "```", ""])


def schema_text(type_: type[msgspec.Struct], name: str) -> str:
    """
    The JSON Schema of a document. It asks for more than msgspec's: every field is there, because the encoder leaves
    none out, and no field that is not described.
    """
    schema = msgspec.json.schema(type_)
    for described in schema["$defs"].values():
        if "properties" in described:
            described |= {"required": list(described["properties"]), "additionalProperties": False}
            for under in described["properties"].values():
                under.pop("default", None)
        if "description" in described:
            described["description"] = " ".join(described["description"].split())
    schema["$defs"][type_.__name__]["properties"]["schema"] = {"const": name}
    text = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, **schema}
    return json.dumps(text, indent=1, ensure_ascii=False) + "\n"


def schemas() -> dict[Path, str]:
    """The schemas that `operations` ships, by file: `glimpse.drill/1` is in `drill.json`."""
    types = {
        result.SCHEMA: result.Drill,
        report_json.SCHEMA: report_json.VerificationDocument,
        state.SCHEMA: state.StackState,
        watch_json.SCHEMA: watch_json.WatchDocument,
    }
    return {
        SCHEMAS / f"{name.removeprefix('glimpse.').removesuffix('/1')}.json": schema_text(type_, name)
        for name, type_ in types.items()
    }


def _commands(top: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    found = [(top.prog, top)]
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for under in action.choices.values():
                found += _commands(under)
    return found


def pages() -> dict[Path, str]:
    """Each page with its text; the width of a help text does not depend on the terminal."""
    os.environ["COLUMNS"] = "80"
    in_languages = {
        REFERENCE / f"{name}{'' if language == 'en' else f'.{language}'}.md": page(language)
        for name, page in (("levers", levers_page), ("resource-types", resource_types_page))
        for language in LANGUAGES
    }
    return {
        REFERENCE / "workload.md": workload_page(),
        REFERENCE / "families.md": families_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "session.md": session_page(),
        **in_languages,
        **schemas(),
    }


def readmes() -> dict[Path, str]:
    """Both READMEs with the first lines that `glimpse plan` prints."""
    found = {}
    for name, language in (("README.md", "en"), ("README.ko.md", "ko")):
        command = [sys.executable, "-m", "glimpse", "plan", "--lang", language]
        printed = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=True).stdout
        answer = printed.split("\n\n")[0]
        before, mark, after = (REPOSITORY / name).read_text(encoding="utf-8").partition("scripts/make_reference.py")
        head, fence, rest = after.partition("```\n")
        rest = rest.partition(fence)[2]
        found[REPOSITORY / name] = f"{before}{mark}{head}{fence}{answer}\n{fence}{rest}"
    return found


if __name__ == "__main__":
    for path, text in {**pages(), **readmes()}.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(REPOSITORY))
