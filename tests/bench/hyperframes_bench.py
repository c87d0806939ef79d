"""HyperFrames against the npm package that it is compatible with, on the same machine in turns: wall time with the same
encoder settings, capture alone, picture quality against a lossless capture, memory. scripts/bench calls run(); alone it
prints the rows, and names as arguments choose some of the compositions."""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
COMPOSITIONS = pathlib.Path(__file__).resolve().parent / "compositions"
LIBRARIES = ROOT / "build" / "hyperframes"
sys.path.insert(0, str(ROOT / "tests" / "hyperframes"))
sys.path.insert(0, str(ROOT / "tests" / "api"))
os.environ.setdefault("UNDERSTUDY_BINARY", str(BUILD / "understudy"))
import compare_with_peer as peer  # noqa: E402
from harness import Server  # noqa: E402
from hyperframes_test import archive, inline, page  # noqa: E402

FASTER = {"text": 2.5, "chart": 2.5, "blur": 1.8}  # at least so many times
CAPTURE_FASTER = 4


def descendants(root):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                text = pathlib.Path("/proc", entry, "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(text.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
    tree = [root]
    for process in tree:
        tree += parents.get(process, [])
    return tree


class Measured:
    """A program's wall time, and the most that its whole tree kept in memory (shared pages counted fairly)."""

    def __init__(self, command, may_fail=False, **options):
        self.lines, self.peak_mb = [], 0
        start = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
        watcher = threading.Thread(target=self.watch, args=(process,))
        watcher.start()
        for line in process.stdout:
            self.lines.append((time.monotonic(), line))
        process.wait()
        self.wall = time.monotonic() - start
        watcher.join()
        if process.returncode != 0 and not may_fail:
            raise RuntimeError("".join(line for _, line in self.lines)[-2000:])

    def watch(self, process):
        while process.poll() is None:
            kilobytes = 0
            for pid in descendants(process.pid):
                try:
                    kilobytes += int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1])
                except (OSError, TypeError):
                    continue
            self.peak_mb = max(self.peak_mb, kilobytes / 1024)
            time.sleep(0.3)


def run_ours(project, out):
    return Measured([BUILD / "understudy", "hyperframes", "render", project, "-o", out, "--quality", "standard"])


def run_peer(project, out, workers, may_fail=False, **environment):
    """Its fastest way here, which is not its default: frames on command rather than screenshots at will."""
    return Measured([peer.PEER / "node_modules/node/bin/node", peer.PEER / "node_modules/hyperframes/dist/cli.js", "render", project,
                     "-o", out, "-w", str(workers), "-q", "standard", "--no-browser-gpu"], may_fail, cwd=peer.PEER,
                    env={**os.environ, "HYPERFRAMES_BROWSER_PATH": "/usr/bin/chromium-headless-shell",
                         "PRODUCER_FORCE_SCREENSHOT": "false", **environment})


def peer_capture_s(project, work):
    """Seconds a frame from its first frame to its last, with an encoder that swallows them; what it says to that in the end
    does not matter."""
    swallow = work / "ffmpeg"
    swallow.write_text("#!/bin/sh\ncase \"$*\" in *pipe*|*' -i - '*) exec cat > /dev/null;; esac\nexec /usr/bin/ffmpeg \"$@\"\n")
    swallow.chmod(0o755)
    return frames_time(run_peer(project, work / "nothing.mp4", 1, may_fail=True, HYPERFRAMES_FFMPEG_PATH=str(swallow)).lines)


def frames_time(lines):
    times = []
    for at, line in lines:
        found = re.search(r'hf-progress (\{.*\})', line)
        if found and json.loads(found[1]).get("code") == "capture":
            times.append((json.loads(found[1])["done"], at))
    times = [entry for entry in times if entry[0] > 0]
    (first, began), (last, ended) = times[0], times[-1]
    return (ended - began) / max(1, last - first)


def quality(file, lossless):
    done = subprocess.run(["ffmpeg", "-v", "info", "-i", file, "-i", lossless, "-lavfi", "[0:v][1:v]psnr", "-f", "null", "-"],
                          capture_output=True, text=True, check=True)
    return float(re.search(r"PSNR.*average:(\S+)", done.stderr)[1])


def one(name, work, row):
    localised = work / name
    shutil.copytree(COMPOSITIONS / name, localised)
    peer.localised(localised)
    ours_file, peers_file, lossless = work / f"{name}-ours.mp4", work / f"{name}-peer.mp4", work / f"{name}-lossless.mp4"
    first = run_ours(COMPOSITIONS / name, ours_file)
    single = run_peer(localised, peers_file, 1)
    second = run_ours(COMPOSITIONS / name, ours_file)
    double = run_peer(localised, work / "double.mp4", 2)
    ours, best = statistics.mean([first.wall, second.wall]), min(single.wall, double.wall)
    subprocess.run([BUILD / "hyperframes_capture", COMPOSITIONS / name, LIBRARIES, lossless], check=True, stdout=subprocess.DEVNULL)
    mine, theirs = quality(ours_file, lossless), quality(peers_file, lossless)
    row(f"hyperframes_{name}", best / ours, "x", round(best, 2), FASTER[name], at_most=False, seconds=round(ours, 2),
        peer_one_worker_s=round(single.wall, 2), peer_two_workers_s=round(double.wall, 2),
        megabytes=round(os.path.getsize(ours_file) / 1e6, 3), peer_megabytes=round(os.path.getsize(peers_file) / 1e6, 3))
    row(f"hyperframes_{name}_quality", mine, "dB", theirs, round(theirs, 2), at_most=False)
    row(f"hyperframes_{name}_memory", max(first.peak_mb, second.peak_mb), "MiB", round(single.peak_mb), round(single.peak_mb),
        peer_two_workers_mb=round(double.peak_mb))
    capture = json.loads(subprocess.run([BUILD / "hyperframes_capture", COMPOSITIONS / name, LIBRARIES], check=True, capture_output=True).stdout)
    theirs = peer_capture_s(localised, work)
    ours = capture["capture_s"] / capture["frames"]
    limit = CAPTURE_FASTER if name != "blur" else None
    row(f"hyperframes_{name}_capture", theirs / ours, "x", round(theirs * 1000, 2), limit, at_most=False,
        ms_per_frame=round(ours * 1000, 2), source=capture["source"])


def started_ahead(row):
    """From POST to the finished video of six frames, with a browser that was waiting and without."""
    walls = {}
    for count in (0, 1):
        server = Server(workers=1, config=f"[hyperframes]\nwarm_browsers = {count}\n").start()
        try:
            taken = []
            for _ in range(3):
                time.sleep(4)  # in which the browser gets ready
                start = time.monotonic()
                created = server.call("POST", "/v3/hyperframes/renders", {
                    "project": inline(archive({"index.html": page("<p>Soon</p>", 'data-duration="0.2"')})), "quality": "draft"})
                while True:
                    render = server.call("GET", f"/v3/hyperframes/renders/{created.data['render_id']}").data
                    if render["status"] in ("completed", "failed"):
                        break
                    time.sleep(0.01)
                assert render["status"] == "completed", render
                taken.append(time.monotonic() - start)
            walls[count] = statistics.median(taken)
        finally:
            server.close()
    row("hyperframes_started_ahead", walls[0] / walls[1], "x", round(walls[0], 3), None, seconds=round(walls[1], 3))


def run(row, names=()):
    peer.install_peer()
    if not names:
        started_ahead(row)
    with tempfile.TemporaryDirectory(prefix="understudy-bench-") as work:
        for name in names or sorted(FASTER):
            one(name, pathlib.Path(work), row)


if __name__ == "__main__":
    from bench import row as print_row
    run(print_row, sys.argv[1:])
