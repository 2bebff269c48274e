"""The queue: durable before it is answered, whole after any crash, in the order of arrival, never twice after a commit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.errors import RetryableError
from fondaco.queue import Queue, QueuedEvent, QueueFullError, QueueWriter
from fondaco.queue.frames import MAGIC, frame, scan

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)


def event(number: int, **more: object) -> QueuedEvent:
    values: dict[str, object] = {
        "connection_id": "aurora",
        "source": "shopify",
        "event_id": f"e{number}",
        "topic": "orders/updated",
        "received_at": NOW + timedelta(seconds=number),
        "changed": (("orders", str(number)),),
        **more,
    }
    return QueuedEvent(**values)  # type: ignore[arg-type]


def put(folder: Path, *events: QueuedEvent) -> None:
    writer = QueueWriter(folder)
    writer.put([each.to_bytes() for each in events])
    writer.close()


def numbers(queue: Queue, limit: int = 1000) -> list[str]:
    return [each.event_id for each in queue.read(limit).events]


@given(
    st.builds(
        event,
        st.integers(0, 9999),
        topic=st.text(min_size=1),
        deleted=st.lists(st.tuples(st.text(), st.text())).map(tuple),
        records=st.lists(st.tuples(st.text(), st.text())).map(tuple),
        happened_at=st.none() | st.just(NOW),
        attempt=st.integers(0, 9),
        again=st.text(),
    )
)
def test_an_event_comes_out_of_the_queue_as_it_went_in(given_event: QueuedEvent) -> None:
    assert QueuedEvent.from_bytes(given_event.to_bytes()) == given_event


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=12), st.data())
def test_a_segment_cut_anywhere_gives_all_frames_before_the_cut(
    contents: list[bytes], data: st.DataObject
) -> None:
    whole = MAGIC + b"".join(map(frame, contents))
    cut = data.draw(st.integers(0, len(whole)))
    found = scan(whole[:cut])
    kept = [each.content for each in found.frames]
    assert kept == contents[: len(kept)]
    assert found.damaged == 0
    sizes = [len(MAGIC) + sum(len(frame(c)) for c in contents[:n]) for n in range(len(contents) + 1)]
    assert len(kept) == max((n for n, size in enumerate(sizes) if size <= cut), default=0)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=2, max_size=8), st.data())
def test_a_changed_byte_loses_one_event_and_is_told(contents: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(contents) - 2))
    whole = bytearray(MAGIC + b"".join(map(frame, contents)))
    start = len(MAGIC) + sum(len(frame(c)) for c in contents[:index]) + 8
    whole[start] ^= 0xFF
    found = scan(bytes(whole))
    assert [each.content for each in found.frames] == contents[:index] + contents[index + 1 :]
    assert found.damaged == 1


def test_noughts_at_the_end_of_a_file_that_lost_power_are_no_event() -> None:
    found = scan(MAGIC + frame(b"whole") + bytes(64))
    assert [each.content for each in found.frames] == [b"whole"]
    assert found.is_torn


def test_what_was_not_committed_comes_again_and_what_was_does_not(tmp_path: Path) -> None:
    put(tmp_path, event(1), event(2), event(3))
    queue = Queue(tmp_path)
    first = queue.read(2)
    assert [each.event_id for each in first.events] == ["e1", "e2"]
    assert numbers(queue) == ["e1", "e2", "e3"]
    queue.commit(first)
    assert numbers(Queue(tmp_path)) == ["e3"]
    queue.commit(queue.read(10))
    assert (numbers(queue), queue.is_empty()) == ([], True)


def test_what_a_dead_writer_left_torn_is_passed_over(tmp_path: Path) -> None:
    put(tmp_path, event(1))
    [segment] = tmp_path.glob("*.events")
    with segment.open("ab") as file:
        file.write(frame(event(2).to_bytes())[:-3])
    put(tmp_path, event(3))
    queue = Queue(tmp_path)
    batch = queue.read(10)
    assert [each.event_id for each in batch.events] == ["e1", "e3"]
    queue.commit(batch)
    assert queue.is_empty()


def test_a_segment_that_is_being_written_is_read_but_not_put_aside(tmp_path: Path) -> None:
    writer = QueueWriter(tmp_path)
    writer.put([event(1).to_bytes()])
    queue = Queue(tmp_path)
    queue.commit(queue.read(10))
    writer.put([event(2).to_bytes()])
    assert numbers(queue) == ["e2"]
    queue.commit(queue.read(10))
    assert not list((tmp_path / "done").glob("*"))
    writer.close()
    queue.commit(queue.read(10))
    assert [each.event_id for each in queue.done()] == ["e1", "e2"]


def test_two_writers_beside_each_other_lose_nothing(tmp_path: Path) -> None:
    writers = [QueueWriter(tmp_path, segment_bytes=400) for _ in range(2)]

    def write(writer: QueueWriter, start: int) -> None:
        for number in range(start, start + 40):
            writer.put([event(number).to_bytes()])

    threads = [threading.Thread(target=write, args=(w, 100 * n)) for n, w in enumerate(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    expected = {f"e{number}" for number in (*range(40), *range(100, 140))}
    found = numbers(Queue(tmp_path))
    assert (set(found), len(found)) == (expected, 80)


def test_many_that_come_at_once_share_one_sync(tmp_path: Path) -> None:
    syncs: list[int] = []

    def slow(handle: int) -> None:
        syncs.append(handle)
        time.sleep(0.02)
        os.fsync(handle)

    writer = QueueWriter(tmp_path, sync=slow)
    waiting = [writer.append([event(number).to_bytes()]) for number in range(200)]
    for each in waiting:
        each.result(10)
    writer.close()
    assert len(numbers(Queue(tmp_path))) == 200
    assert len(syncs) <= 4


def test_a_disk_that_refuses_is_told_and_the_next_event_is_taken(tmp_path: Path) -> None:
    fails = [True]

    def sync(handle: int) -> None:
        if fails.pop() if fails else False:
            raise OSError(28, "No space left on device")
        os.fsync(handle)

    writer = QueueWriter(tmp_path, sync=sync)
    with pytest.raises(RetryableError, match="No space left on device"):
        writer.put([event(1).to_bytes()])
    writer.put([event(2).to_bytes()])
    writer.close()
    assert numbers(Queue(tmp_path))[-1] == "e2"


def test_more_than_the_disk_can_be_waited_for_is_asked_to_come_again(tmp_path: Path) -> None:
    gate = threading.Event()
    writer = QueueWriter(tmp_path, most_waiting=3, sync=lambda handle: gate.wait(10) and None)
    first = writer.append([b"first"])
    time.sleep(0.05)
    for number in range(3):
        writer.append([event(number).to_bytes()])
    with pytest.raises(QueueFullError):
        writer.append([b"one too many"])
    gate.set()
    first.result(10)
    writer.close()


@pytest.mark.slow
def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    """A process answers each event by a line once it is durable, and is killed in the midst of it."""
    program = (
        "import sys; from pathlib import Path; from fondaco.queue import QueueWriter\n"
        "from tests.queue.test_queue import event\n"
        "w = QueueWriter(Path(sys.argv[1]), segment_bytes=2000)\n"
        "for n in range(100000):\n"
        "    w.put([event(n).to_bytes()]); sys.stdout.write(f'e{n}\\n'); sys.stdout.flush()\n"
    )
    root = Path(__file__).resolve().parents[2]
    for round_ in range(3):
        folder = tmp_path / str(round_)
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True, cwd=root
        )
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(60 + 17 * round_)]
        process.send_signal(signal.SIGKILL)
        answered += process.stdout.read().split()
        process.wait()
        process.stdout.close()
        found = numbers(Queue(folder), 1_000_000)
        assert found[: len(answered)] == answered
        assert len(found) == len(set(found))


def test_old_segments_are_let_go(tmp_path: Path) -> None:
    put(tmp_path, event(1))
    queue = Queue(tmp_path)
    queue.commit(queue.read(10))
    [done] = (tmp_path / "done").glob("*")
    os.utime(done, (0, 0))
    assert queue.prune() == 1
    assert list(queue.done()) == []


def test_what_waits_is_counted_by_connection_and_since_when(tmp_path: Path) -> None:
    put(tmp_path, event(5), event(3, connection_id="brick"), event(4))
    depth = Queue(tmp_path).depth()
    assert (depth.events, depth.oldest, depth.is_estimate) == (3, NOW + timedelta(seconds=3), False)
    assert depth.by_connection == {"aurora": 2, "brick": 1}


def test_of_very_many_that_wait_the_first_are_counted_and_the_rest_is_told_from_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fondaco.queue.queue.COUNTED", 100)
    events = [event(1000 + number, connection_id=("aurora", "brick")[number % 2]) for number in range(1000)]
    put(tmp_path, *events[:400])
    put(tmp_path, *events[400:])
    queue = Queue(tmp_path)
    queue.commit(queue.read(50))
    depth = queue.depth()
    assert depth.is_estimate
    assert depth.oldest == NOW + timedelta(seconds=1050)
    assert depth.events == pytest.approx(950, rel=0.02)
    assert depth.by_connection["aurora"] == pytest.approx(475, rel=0.02)
    monkeypatch.setattr("fondaco.queue.queue.COUNTED", 950)
    assert (queue.depth().events, queue.depth().is_estimate) == (950, False)
