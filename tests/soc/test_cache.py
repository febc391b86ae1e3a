"""The build cache keeps its promises under interrupts and concurrent builders."""

from __future__ import annotations

import threading
import time

import pytest

from soc.cache import cached, digest, hash_files


def test_builds_once_per_key(tmp_path):
    built = []

    def build(folder):
        built.append(folder)
        (folder / "result").write_text("done")

    first = cached(tmp_path, "thing", {"a": 1}, build)
    second = cached(tmp_path, "thing", {"a": 1}, build)
    assert first == second
    assert (first / "result").read_text() == "done"
    assert len(built) == 1
    assert cached(tmp_path, "thing", {"a": 2}, build) != first
    assert cached(tmp_path, "other", {"a": 1}, build) != first
    assert len(built) == 3


def test_order_of_a_key_does_not_matter():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})


@pytest.mark.parametrize("failure", [KeyboardInterrupt, RuntimeError])
def test_interrupted_build_leaves_nothing_that_looks_finished(tmp_path, failure):
    def fail(folder):
        (folder / "half").write_text("half")
        raise failure

    with pytest.raises(failure):
        cached(tmp_path, "thing", b"key", fail)
    assert not [p for p in tmp_path.iterdir() if p.is_dir()]
    entry = cached(tmp_path, "thing", b"key", lambda folder: (folder / "whole").touch())
    assert [p.name for p in entry.iterdir()] == ["whole"]


def test_folder_left_by_a_killed_build_is_harmless(tmp_path):
    (tmp_path / ".thing-abandoned").mkdir()
    (tmp_path / ".thing-abandoned" / "half").touch()
    entry = cached(tmp_path, "thing", b"key", lambda folder: (folder / "whole").touch())
    assert [p.name for p in entry.iterdir()] == ["whole"]


def test_concurrent_builders_of_one_entry_build_it_once(tmp_path):
    built = []

    def build(folder):
        built.append(folder)
        time.sleep(0.1)

    threads = [
        threading.Thread(target=cached, args=(tmp_path, "thing", b"key", build)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_file_hash_depends_on_name_and_content_but_not_on_place(tmp_path):
    def tree(name, files):
        for path, text in files.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / path).write_text(text)
        return hash_files((tmp_path / name).iterdir(), tmp_path / name)

    assert tree("a", {"x": "1", "y": "2"}) == tree("b", {"y": "2", "x": "1"})
    assert tree("c", {"x": "2", "y": "1"}) != tree("a", {})
