"""Replays a trace of MEGABYTES through a pipe; fails when the program's memory exceeds LIMIT megabytes.

big_trace.py PROGRAM azure|mooncake|litellm MEGABYTES LIMIT [ARGUMENT ...]
"""
import resource
import subprocess
import sys
import time

ROWS = 5000


def azure():
    """Ten thousand requests a minute, dates that go on."""
    rows = "".join(f"@@:{i * 60 // ROWS:02}.{i % 997:03}0000,{200 + i * 7 % 9000},{1 + i * 3 % 700}\n" for i in range(ROWS))
    yield "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    minute = 0
    while True:
        day, rest = divmod(minute, 1440)
        yield rows.replace("@@", f"2026-{1 + day // 28 % 12:02}-{1 + day % 28:02} {rest // 60:02}:{rest % 60:02}")
        minute += 1


def mooncake():
    """Prompts of up to 40 blocks that nobody has sent before, behind four that everybody sends."""
    rows = "".join('{"timestamp": @@%03d, "input_length": %d, "output_length": %d, "hash_ids": [1, 2, 3, 4%s]}\n'
                   % (i * 999 // ROWS, 512 * (4 + i % 37), 1 + i % 500, "".join(f", 9@@{i:04}{b:02}" for b in range(i % 37)))
                   for i in range(ROWS))
    second = 1
    while True:
        yield rows.replace("@@", str(second))
        second += 1


def litellm():
    """One array over all chunks, with texts that no one needs."""
    text = "x" * 1500
    row = ('{"request_id": "r%d", "call_type": "acompletion", "model": "gpt-5", "custom_llm_provider": "openai", "spend": 0.01,'
           ' "prompt_tokens": %d, "completion_tokens": %d, "startTime": "2026-@@:00.000Z", "status": "success",'
           ' "metadata": {"usage_object": {"prompt_tokens_details": {"cached_tokens": %d}}}, "messages": [{"content": "%s"}]}')
    rows = ",\n".join(row % (i, 2000 + i % 3000, 1 + i % 500, i % 2000, text) for i in range(ROWS))
    yield "[\n"
    minute = 0
    while True:
        day, rest = divmod(minute, 1440)
        yield ("" if minute == 0 else ",\n") + rows.replace("@@", f"{1 + day // 28 % 12:02}-{1 + day % 28:02}T{rest // 60:02}:{rest % 60:02}")
        minute += 1


def main():
    program, kind, megabytes, limit = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    arguments = sys.argv[5:] or ["--option", "openai/gpt-5", "--option", "anthropic/claude-sonnet-4-5"]
    start = time.monotonic()
    run = subprocess.Popen([program, "replay", "-", "--format", "csv", "--table", "options", *arguments], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE)
    sent = 0
    for chunk in {"azure": azure, "mooncake": mooncake, "litellm": litellm}[kind]():
        run.stdin.write(chunk.encode())
        sent += len(chunk)
        if sent >= megabytes << 20:
            break
    if kind == "litellm":
        run.stdin.write(b"\n]\n")
    run.stdin.close()
    out = run.stdout.read().decode()
    code = run.wait()
    seconds = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(out, end="")
    print(f"{kind}: {sent / 1e6:.0f} MB in {seconds:.1f} s ({sent / 1e6 / seconds:.0f} MB/s), peak {peak:.0f} MB")
    sys.exit(code != 0 or peak > limit)


main()
