"""The forms in which vectors are written: the same octets each time, and taken by the tools of their language."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from p6lowpan.interop.conformance.formats import c_source, json_document, rust_source
from p6lowpan.interop.conformance.formats.schema import schema
from p6lowpan.interop.conformance.suite import profile_of, suite

GCC, RUSTC = shutil.which("gcc"), shutil.which("rustc")
STRICT = ("-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror")
SOURCE = str(Path(__file__).parents[3] / "src")
PAGE = (Path(__file__).parents[3] / "docs" / "conformance.md").read_text("utf-8")
FORMATS = {"json": json_document, "c": c_source, "rust": rust_source}
needs_gcc = pytest.mark.skipif(GCC is None, reason="gcc is not installed")
needs_rustc = pytest.mark.skipif(RUSTC is None, reason="rustc is not installed")

DIGEST = """
import hashlib
from p6lowpan.interop.conformance.formats import c_source, json_document, rust_source
from p6lowpan.interop.conformance.suite import profile_of, suite
chosen = suite(profile_of("4"))
texts = [text for form in (json_document, c_source, rust_source) for text in form.files(chosen).values()]
print(hashlib.sha256("".join(texts).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def chosen():
    return suite(profile_of("4"))


def program(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def run(*words, **settings):
    return subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True, **settings)


def test_generating_again_gives_the_same_octets_whatever_the_hash_seed(chosen):
    texts = [text for form in FORMATS.values() for text in form.files(chosen).values()]
    here = hashlib.sha256("".join(texts).encode()).hexdigest()
    environment = {
        "PYTHONHASHSEED": "20261",
        "PYTHONPATH": SOURCE,
    }  # here it is another, unless somebody wants this one
    assert run(sys.executable, "-c", DIGEST, env=environment).stdout.strip() == here


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_ascii_and_ends_with_a_line(chosen, form):
    for text in FORMATS[form].files(chosen).values():
        assert text.isascii()
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


# --- JSON ------------------------------------------------------------------------------------------------------------


KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


def violations(value, rule, path="document"):
    """Where ``value`` breaks ``rule``: as much of JSON Schema as ours uses, written here so that nothing is needed."""
    allowed = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", list(KINDS))
    if not any(isinstance(value, KINDS[kind]) for kind in allowed):
        yield path, "type"
    elif value not in rule.get("enum", [value]) or value != rule.get("const", value):
        yield path, "value"
    elif isinstance(value, str):
        yield from [] if re.search(rule.get("pattern", ""), value) else [(path, "pattern")]
    elif isinstance(value, int):
        yield from [] if rule.get("minimum", value) <= value <= rule.get("maximum", value) else [(path, "range")]
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from violations(item, rule["items"], f"{path}[{number}]")
    elif isinstance(value, dict):
        yield from [] if value.keys() == set(rule["required"]) else [(path, "keys")]
        for key in sorted(value.keys() & rule["properties"].keys()):
            yield from violations(value[key], rule["properties"][key], f"{path}.{key}")


@pytest.mark.parametrize("target", ["0", "6", "rfc6282", "flex:e0000000"])
def test_the_document_keeps_its_schema(target):
    document = json.loads(json_document.files(suite(profile_of(target)))[json_document.NAME])
    assert list(violations(document, schema())) == []
    assert document["level"] == target


def test_the_schema_refuses_what_is_not_of_its_form(chosen):
    document = json.loads(json_document.files(chosen)[json_document.NAME])
    document["receive"][0]["frames"] = ["xy"]
    document["send"][0]["growth"] = -1
    del document["learn"][0]["level"]
    assert [kind for _, kind in violations(document, schema())] == ["keys", "pattern", "range"]


def test_a_document_without_vectors_of_a_kind_is_json_too():
    document = json.loads(json_document.files(suite(profile_of("rfc6282"), "hop-limit/"))[json_document.NAME])
    assert (len(document["receive"]), document["send"], document["learn"]) == (12, [], [])


# --- C ---------------------------------------------------------------------------------------------------------------

DUMP = """
#include <stdio.h>
#include "p6lowpan_vectors.h"
static void show(struct p6lowpan_octets octets)
{
    size_t i;
    for (i = 0; i < octets.length; i++) printf("%02x", octets.octets[i]);
    printf(" ");
}
int main(void)
{
    size_t i, k;
    for (i = 0; i < p6lowpan_receive_count; i++) {
        const struct p6lowpan_receive *t = &p6lowpan_receive_vectors[i];
        printf("%s ", t->vector.id);
        for (k = 0; k < t->frame_count; k++) show(t->frames[k]);
        printf("-> ");
        for (k = 0; k < t->packet_count; k++) show(t->packets[k]);
        printf("%s %d ", t->reason ? t->reason : "right", (int)t->answer);
        show(t->error_frame);
        for (k = 0; k < t->vector.context_count; k++) printf("%d/%d ", t->vector.contexts[k].identifier,
                                                               t->vector.contexts[k].length);
        printf("%lu\\n", (unsigned long)t->features);
    }
    for (i = 0; i < p6lowpan_send_count; i++) printf("%s %u\\n", p6lowpan_send_vectors[i].vector.id,
                                                     (unsigned)p6lowpan_send_vectors[i].packet.length);
    for (i = 0; i < p6lowpan_learn_count; i++) printf("%s %d\\n", p6lowpan_learn_vectors[i].vector.id,
                                                      p6lowpan_learn_vectors[i].level);
    return 0;
}
"""


def compiled(folder, files, *sources):
    """A program of the generated files and others."""
    for name, text in {**files, **dict(sources)}.items():
        (folder / name).write_text(text, "utf-8")
    units = [folder / name for name in ("p6lowpan_vectors.c", *(name for name, _ in sources))]
    built = run(GCC, *STRICT, *units, "-o", folder / "program")
    assert built.returncode == 0, built.stderr
    return folder / "program"


def dumped(chosen):
    """The lines of DUMP, from the vectors themselves."""
    answers = ["never", "may", "must"]
    for vector in chosen.receive:
        case, wanted = vector.case, vector.expected
        words = [case.name, *(frame.hex() for frame in case.frames), "->", *(p.hex() for p in wanted.packets)]
        words += [wanted.reason.value if wanted.reason else "right", str(answers.index(wanted.answer.value))]
        words += [wanted.error_frame.hex(), *(f"{each.identifier}/{each.length}" for each in case.contexts)]
        yield " ".join([*words, str(c_source.bits(case.features))])
    yield from (f"{vector.name} {len(vector.packet)}" for vector in chosen.send)
    yield from (f"{lesson.name} {-1 if lesson.level is None else lesson.level}" for lesson in chosen.learn)


@needs_gcc
def test_a_c_program_finds_every_vector_in_the_generated_files(tmp_path, chosen):
    program_path = compiled(tmp_path, c_source.files(chosen), ("dump.c", DUMP))
    assert run(program_path).stdout.splitlines() == list(dumped(chosen))


@needs_gcc
@pytest.mark.parametrize(("copied", "status"), [("count", 0), ("0", 1)])
def test_the_harness_of_the_page_tells_right_from_wrong(tmp_path, copied, status):
    stub = f"""
#include "p6lowpan_vectors.h"
size_t stack_receive(const struct p6lowpan_receive *test, struct p6lowpan_octets packets[4]);
size_t stack_receive(const struct p6lowpan_receive *test, struct p6lowpan_octets packets[4])
{{
    size_t i, count = test->packet_count;
    for (i = 0; i < count; i++) packets[i] = test->packets[i];
    return {copied};
}}
"""
    files = c_source.files(suite(profile_of("rfc6282"), "fragment/several"))
    ended = run(compiled(tmp_path, files, ("harness.c", program("c")), ("stub.c", stub)))
    assert ended.returncode == status
    assert len(ended.stdout.splitlines()) == 3 * status


@needs_gcc
def test_lists_without_vectors_are_c_too(tmp_path):
    compiled(tmp_path, c_source.files(suite(profile_of("3"), "learn/error/stale")), ("dump.c", DUMP))
    assert len(run(tmp_path / "program").stdout.splitlines()) == 3


# --- Rust ------------------------------------------------------------------------------------------------------------

COUNT = """
mod vectors { include!("body.rs"); }
use vectors::*;
fn main() {
    for test in RECEIVE {
        let frames: usize = test.frames.iter().map(|frame| frame.len()).sum();
        println!("{} {} {} {:?}", test.vector.id, frames, test.packets.len(), test.answer);
    }
    println!("{} {} {}", SEND.len(), LEARN.len(), wrong(|_| true).is_none() && wrong(|_| false).is_some());
}
"""


@needs_rustc
def test_the_rust_file_is_a_crate_without_warnings(tmp_path, chosen):
    (tmp_path / "lib.rs").write_text(rust_source.files(chosen)[rust_source.NAME], "utf-8")
    built = run(RUSTC, "--edition", "2021", "--crate-type", "lib", "--emit", "metadata", "lib.rs", cwd=tmp_path)
    assert (built.returncode, built.stderr) == (0, "")


@needs_rustc
def test_a_rust_program_finds_every_vector(tmp_path):
    part = suite(profile_of("rfc6282"), "fragment/")
    text = rust_source.files(part)[rust_source.NAME].removeprefix(rust_source.GENERATED)
    (tmp_path / "body.rs").write_text(text + program("rust"), "utf-8")
    (tmp_path / "main.rs").write_text(COUNT, "utf-8")
    built = run(RUSTC, "--edition", "2021", "-A", "dead_code", "main.rs", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    wanted = [f"{v.case.name} {sum(map(len, v.case.frames))} {len(v.expected.packets)} Never" for v in part.receive]
    assert run(tmp_path / "main").stdout.splitlines() == [*wanted, "0 0 true"]
