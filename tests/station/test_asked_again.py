"""A tablet is asked for what it sent: it tells one moment of itself, and a record half sent counts as not sent."""

import pytest

pytestmark = pytest.mark.browser

OUTBOX = """const outbox = await import(
    document.querySelector("script[type=module]").src.replace("app.js", "outbox.js"));
    const save = (photos = []) => outbox.save(async (seq) => ({
        id: `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`, body: "{}", sha256: "0" }), photos);"""
MOMENTS = f"""async (count) => {{ {OUTBOX}
    let saving = true;
    const saved = (async () => {{ for (let n = 0; n < count; n += 1) await save(); saving = false; }})();
    const torn = []; let looks = 0;
    while (saving) {{
        const {{ standing, device_seq }} = await outbox.state();
        looks += 1;
        if (Math.max(0, ...standing.seqs) !== device_seq) torn.push([standing.seqs.length, device_seq]);
    }}
    await saved;
    return {{ torn, looks, state: await outbox.state() }}; }}"""
HALF = f"""async () => {{ {OUTBOX}
    const photo = {{ slot: 1, blob: new Blob(["x"]), sha256: "1", bytes: 1, type: "image/webp" }};
    const [half, whole, waits] = [await save([photo, {{ ...photo, slot: 2 }}]), await save(), await save()];
    half.photos[0].sent = true; half.photos[1].tries = 3;
    await outbox.put({{ ...half, receipt: {{ seq: 7 }}, tries: 4, next_at: Date.now() + 60000 }});
    await outbox.deliver({{ ...whole, receipt: {{ seq: 8 }} }});
    const before = (await outbox.state()).standing.seqs;
    await outbox.reoffer({{ size: 1, hash: "00" }});
    const [again, ...rest] = (await outbox.items()).sort((a, b) => a.seq - b.seq);
    return {{ before, after: (await outbox.state()).standing.seqs, again, blob: (await outbox.photo(half.id, 1)).size,
              rest: rest.map((one) => one.receipt), head: await outbox.meta("head") }}; }}"""


@pytest.fixture
def page(tablet):
    station = tablet()
    station.page.wait_for_selector(".screen-lock h1")
    station.context.set_offline(True)
    return station.page


def test_numbers_and_what_waits_are_of_one_moment_while_records_are_saved(page):
    told = page.evaluate(MOMENTS, 40)
    assert told["torn"] == []
    assert told["looks"] > 1
    assert told["state"]["device_seq"] == told["state"]["standing"]["waiting"] == 40


def test_a_record_that_waits_for_its_photos_is_sent_again_with_what_was_sent(page):
    told = page.evaluate(HALF)
    assert told["before"] == [3]
    assert told["after"] == [1, 2, 3]
    assert told["again"]["receipt"] is None
    assert [(photo["sent"], photo["tries"]) for photo in told["again"]["photos"]] == [(False, 0), (False, 0)]
    assert (told["again"]["tries"], told["again"]["next_at"], told["blob"]) == (0, 0, 1)
    assert told["rest"] == [None, None]
    assert told["head"] == {"size": 1, "hash": "00"}
