#!/usr/bin/env python3
"""
Write `docs/reference/`: every key of `glimpse.toml`, every command, every lever with what it saves at three sizes,
the families of resources, what each type means for a bill, and every setting and the session of the chat, as the
program itself knows them.

    python scripts/make_reference.py

A test checks that what is committed is what this writes.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from glimpse.chat.protocol.session import MOVES, ON_POLLING, ON_WEBSOCKET
from glimpse.chat.settings import KEYS as KEYS_OF_CHAT
from glimpse.cli import OWN_STACK, parser
from glimpse.planner.estimate import Estimator
from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import Lever
from glimpse.planner.money import usd_text
from glimpse.planner.outside import price_files, workload_files
from glimpse.planner.outside.terraform_files import resource_types
from glimpse.planner.outside.terraform_files.families import file_of, readers
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.plan_document import DOCUMENTS
from glimpse.planner.plan_document.steps import steps_of_lever
from glimpse.planner.scenarios import Plan, plan_of
from glimpse.planner.words import LANGUAGES, Words
from glimpse.planner.workload import TERMS, Promises, unstated
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS, TEXT_KEYS

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY / "docs/reference"
BEGINNINGS = (ON_POLLING, ON_WEBSOCKET)
SIZES = (500, 5_000, 50_000)


def _meaning(key: str) -> str:
    """What a key of `glimpse.toml` means, in both languages."""
    return " · ".join(Words(language)(f"key_{key}") for language in LANGUAGES)


def _listed(names: Iterable[str | None]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def workload_page() -> str:
    """Every key of `glimpse.toml` with its unit, bounds and built-in value."""
    rows = []
    for key in KEYS:
        bounds = f"{key.lowest} to {key.highest}" if key.highest != "1e12" else f"at least {key.lowest}"
        rows.append(f"| `{key.path}` | {_meaning(key.name)} | {key.unit} | `{key.built_in}` | {bounds} |")
    hours = ", ".join(f"{float(hour):g}" for hour in BUILT_IN_HOURS)
    texts = [f"| `{key.path}` | {_meaning(key.name)} |" for key in TEXT_KEYS]
    promises = [f"| `promises.{name}` | {_meaning(name)} |" for name in Promises.__dataclass_fields__]
    derived = [f"| `{row.name}` | {row.formula} | {float(row.value):,.2f} {row.unit} |" for row in unstated().derived()]
    return "\n".join(
        [
            "# `glimpse.toml`",
            "",
            "<!-- made by scripts/make_reference.py -->",
            "What people do with a stack. It stands beside the stack, or is given with `--workload`. Where it states",
            "`users`, every other key may be left out and has its default; where it does not, nobody is assumed, and",
            "what people would do is not counted. `users`가 있으면 다른 키는 모두 생략할 수 있고 기본값을 써요.",
            "`users`가 없으면 아무도 가정하지 않아서, 사람들의 이용량은 계산하지 않아요.",
            "",
            "| key | means | unit | default | allowed |",
            "|---|---|---|---|---|",
            *rows,
            "",
            f"`people.hours`: {_meaning('hours')}. Default: {hours}.",
            "",
            "| key | means |",
            "|---|---|",
            *texts,
            "",
            f"Measured services: {_listed(workload_files.capacities())}. Plan documents: {_listed(DOCUMENTS)}.",
            "",
            "## Promises",
            "",
            "What the stack must keep. What is not stated is not judged. 적지 않은 것은 판정하지 않아요.",
            "",
            "| key | the stack keeps |",
            "|---|---|",
            *promises,
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
            "Reservations live here, never in Terraform. An upfront payment is spread over its term.",
            "",
            "```toml",
            "[[commitments]]",
            'address = "module.rds.aws_db_instance.this"',
            'term = "reserved_1yr_no_upfront"',
            "bought_on = 2026-01-15",
            "```",
            "",
            f"Terms: {', '.join(f'`{term}`' for term in TERMS)}.",
            "",
            "## Accepted",
            "",
            "What `--strict` may pass over, each with a reason. `*` stands for anything.",
            "",
            "```toml",
            "[[accepted]]",
            'address = "aws_workspaces_workspace.*"',
            'reason = "paid by another team"',
            "```",
            "",
            "## What follows from it",
            "",
            "Shown by every report, here with every key at its default.",
            "",
            "| figure | formula | default |",
            "|---|---|---|",
            *derived,
            "",
        ]
    )


@cache
def plans() -> Mapping[int, Plan]:
    """This repository's own stack, planned for each number of users on the day of the newest price."""
    own = REPOSITORY / OWN_STACK
    stack = read_stack(own)
    workload = workload_files.workload_beside(own, None)
    newest = max(entry.newest for entry in price_files.manifest()[1])
    prices, capacity = price_files.catalogue(stack.region), workload_files.capacity_of(workload)
    return {
        users: plan_of(
            stack,
            Estimator(
                prices,
                replace(workload, numbers={**workload.numbers, "users": Fraction(users)}),
                capacity,
                datetime.date.fromisoformat(newest),
            ),
        )
        for users in SIZES
    }


TEXTS = {
    "en": {
        "title": "Levers",
        "about": "Each named change of a stack, with what it saves on this repository's own stack in Seoul at {sizes}"
        " users: alone, and beside the best combination of what is implemented there (taken out of it, or put in"
        " instead of what decides the same part). A `?` is a saving that cannot be told for want of a price.",
        "totals": "A month costs, in USD:",
        "users": "users",
        "part": "decides",
        "effort": "effort",
        "by": "by",
        "risk": "Risk",
        "alone": "alone",
        "beside": "in the best",
    },
    "ko": {
        "title": "변경안",
        "about": "스택을 바꾸는 변경안마다 이 저장소의 서울 스택에서 사용자 {sizes}명일 때의 월 절감액이에요."
        " 단독으로 적용할 때, 그리고 구현된 변경안의 최적 조합에서 빼거나 같은 부분의 변경안 대신 넣을 때예요."
        " `?`는 가격이 없어 말할 수 없는 절감액이에요.",
        "totals": "월 비용(USD):",
        "users": "사용자",
        "part": "정하는 것",
        "effort": "작업",
        "by": "구현",
        "risk": "위험",
        "alone": "단독",
        "beside": "최적 조합 기준",
    },
}


def levers_page(language: str) -> str:
    """Every lever: what it decides, edits, asks for and risks, and what it saves at each size."""
    words, texts = Words(language), TEXTS[language]
    sizes = ", ".join(f"{users:,}" for users in SIZES)
    other = "ko" if language == "en" else "en"
    names = ("today", "balanced", "best", "best_with_planned")
    parts = [
        f"# {texts['title']}",
        "",
        "<!-- made by scripts/make_reference.py -->",
        f"*[{'한국어' if other == 'ko' else 'English'}](levers{'.ko' if other == 'ko' else ''}.md)*",
        "",
        texts["about"].format(sizes=sizes),
        "",
        texts["totals"],
        "",
        f"| {texts['users']} | {' | '.join(f'`{name}`' for name in names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    for users, plan in plans().items():
        costs = " | ".join(usd_text(plan.scenario(name).bill.monthly) for name in names)
        parts.append(f"| {users:,} | {costs} |")
    for lever in LEVERS.values():
        parts += _lever(lever, words, texts)
    return "\n".join([*parts, ""])


def _lever(lever: Lever, words: Words, texts: Mapping[str, str]) -> list[str]:
    facts = (
        f"`{lever.name}` · {texts['part']}: {lever.part} · {texts['effort']}: {words(f'effort_{lever.effort}')}"
        f" · {texts['by']}: {words(lever.implemented)}"
    )
    rows, stack = [], plans()[SIZES[0]].today.bill.stack
    for users, plan in plans().items():
        effect = next(effect for effect in plan.effects if effect.lever is lever)
        shown = ["?" if amount is None else usd_text(amount) for amount in (effect.alone, effect.here)]
        rows.append(f"| {users:,} | {' | '.join(shown if effect.changes else ['–', '–'])} |")
    parts = ["", f"## {words(f'lever_{lever.name}')}", "", facts, "", f"{words(f'how_{lever.name}')}.", ""]
    parts += [f"| {texts['users']} | {texts['alone']} | {texts['beside']} |", "|---|---|---|", *rows, ""]
    parts += [f"**{texts['risk']}:** {words(f'risk_{lever.name}')}", ""]
    parts += [f"- {words(f'phase_{step.phase}')}: {words.say(step.what)}" for step in steps_of_lever(lever, stack)]
    return parts


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
    """Every variable that the chat service reads."""
    lines = ["# Settings of the chat service", "", "<!-- made by scripts/make_reference.py -->", ""]
    lines += [
        "`glimpse serve` reads them from its environment.",
        "",
        "| variable | default | is | 뜻 |",
        "|---|---|---|---|",
    ]
    for key in KEYS_OF_CHAT:
        default = f"`{key.default}`" if key.default else ""
        meanings = (Words(language)(f"setting_of_{key.field}") for language in LANGUAGES)
        lines.append(f"| `{key.variable}` | {default} | {' | '.join(meanings)} |")
    return "\n".join([*lines, ""])


def session_page() -> str:
    """The life of a connection, drawn from the table that the service runs on."""
    lines = ["# The life of a connection", "", "<!-- made by scripts/make_reference.py -->", ""]
    lines += ["One Engine.IO session, as `chat/protocol/session.py` has it.", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in BEGINNINGS]
    lines += [f"    {before} --> {after}: {event}" for (before, event), after in MOVES.items()]
    return "\n".join([*lines, "    closed --> [*]", "```", ""])


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
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(REFERENCE.parents[1]))
