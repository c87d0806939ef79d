"""Renders every composition of this folder with this program and with the npm package hyperframes, and compares:
frames (PSNR), frame count, duration, sound. For scripts/check; takes some minutes. Names as arguments choose some."""
import array
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BINARY = pathlib.Path(os.environ.get("UNDERSTUDY_BINARY", ROOT / "build/release/understudy")).resolve()
PEER = ROOT / "build/hyperframes-peer"
PACKAGES = {"node": "22.23.3", "hyperframes": "0.8.170"}
OPTIONS = {  # ours, the peer's
    "sixty": (["--fps", "60"], ["-f", "60"]),
    "still-4k": (["--resolution", "4k"], ["--resolution", "4k"]),
    "transparent": (["--format", "webm"], ["--format", "webm"]),
}
PSNR_LEAST = 40
SOUND_MOST = -40  # dB of the difference to the peer's mix


def install_peer():
    if (PEER / "node_modules/hyperframes").exists():
        return
    PEER.mkdir(parents=True, exist_ok=True)
    (PEER / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], cwd=PEER, check=True)
    subprocess.run(["npm", "rebuild", "node"], cwd=PEER, check=True, stdout=subprocess.DEVNULL)


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=900, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[:3]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def make_media(folder):
    source = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i"]
    if folder.name == "video":
        run(*source, "testsrc2=size=1280x720:rate=30:duration=4", "-c:v", "libx264", "-crf", "12", "-pix_fmt", "yuv420p",
            "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", folder / "film.mp4")
    if folder.name == "audio":
        run(*source, "sine=frequency=440:duration=3", "-ar", "48000", folder / "tone.wav")
        run(*source, "sine=frequency=220:duration=3", "-ar", "44100", "-ac", "2", folder / "bed.wav")


def localised(folder):
    """The peer has no network here: its gsap lies in the project."""
    shutil.copy(ROOT / "build/hyperframes/node_modules/gsap/dist/gsap.min.js", folder)
    for page in folder.rglob("*.html"):
        page.write_text(re.sub(r"https://cdn\.jsdelivr\.net/npm/gsap[^\"]*", "gsap.min.js", page.read_text()))


def probe(path):
    out = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path],
                         capture_output=True, check=True).stdout
    facts = json.loads(out)
    picture = next(s for s in facts["streams"] if s["codec_type"] == "video")
    return {"frames": int(picture["nb_read_frames"]), "size": (picture["width"], picture["height"]),
            "rate": picture["r_frame_rate"], "seconds": float(facts["format"]["duration"]),
            "has_sound": any(s["codec_type"] == "audio" for s in facts["streams"])}


def psnr(ours, peers, has_alpha):
    """Average and least over the frames; of a transparent video those of its alpha, which decides what shows."""
    decoder = ["-c:v", "libvpx-vp9"] if has_alpha else []
    graph = "[0:v]format=yuva420p,alphaextract[x];[1:v]format=yuva420p,alphaextract[y];[x][y]psnr" if has_alpha else \
        "[0:v]format=yuv420p[x];[1:v]format=yuv420p[y];[x][y]psnr"
    done = subprocess.run(["ffmpeg", "-v", "info", *decoder, "-i", ours, *decoder, "-i", peers, "-lavfi", graph, "-f", "null", "-"],
                          capture_output=True, text=True, check=True)
    found = re.search(r"PSNR.*average:(\S+) min:(\S+)", done.stderr)
    return float(found[1]), float(found[2])


def samples(path):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ac", "2", "-ar", "48000", "-f", "s16le", "-"],
                         capture_output=True, check=True).stdout
    return array.array("h", raw)


def sound_difference(ours, peers):
    a, b = samples(ours), samples(peers)
    difference = sum((x - y) ** 2 for x, y in zip(a, b)) + 1
    return 10 * math.log10(difference / (sum(y * y for y in b) + 1))


def compare(name, work):
    project = work / name
    shutil.copytree(HERE / name, project)
    make_media(project)
    ours_options, peers_options = OPTIONS.get(name, ([], []))
    suffix = ".webm" if name == "transparent" else ".mp4"
    ours, peers = work / (name + "-ours" + suffix), work / (name + "-peer" + suffix)
    began = time.monotonic()
    run(BINARY, "hyperframes", "render", project, "-o", ours, *ours_options)
    ours_s = time.monotonic() - began
    localised(project)
    environment = {**os.environ, "HYPERFRAMES_BROWSER_PATH": "/usr/bin/chromium-headless-shell"}
    began = time.monotonic()
    run(PEER / "node_modules/node/bin/node", PEER / "node_modules/hyperframes/dist/cli.js", "render", project, "-o", peers,
        "-w", "1", "--no-browser-gpu", *peers_options, env=environment, cwd=PEER)
    peers_s = time.monotonic() - began
    mine, theirs = probe(ours), probe(peers)
    average, least = psnr(ours, peers, name == "transparent")
    problems = [f"{key}: {mine[key]} and {theirs[key]}" for key in ("frames", "size", "rate", "has_sound") if mine[key] != theirs[key]]
    if abs(mine["seconds"] - theirs["seconds"]) > 0.05:
        problems.append(f"duration: {mine['seconds']} and {theirs['seconds']}")
    if average < PSNR_LEAST:
        problems.append(f"PSNR {average:.1f} dB")
    sound = ""
    if mine["has_sound"] and theirs["has_sound"]:
        difference = sound_difference(ours, peers)
        sound = f", sound {difference:.1f} dB"
        if difference > SOUND_MOST:
            problems.append(f"sound differs by {difference:.1f} dB")
    print(f"{name}: {average:.1f} dB (least {least:.1f}){sound}, {ours_s:.1f} s and {peers_s:.1f} s" +
          ("" if not problems else "  FAILED: " + "; ".join(problems)), flush=True)
    return not problems


def main():
    install_peer()
    names = sys.argv[1:] or sorted(p.name for p in HERE.iterdir() if (p / "index.html").exists())
    with tempfile.TemporaryDirectory(prefix="understudy-peer-") as work:
        results = []
        for name in names:
            try:
                results.append(compare(name, pathlib.Path(work)))
            except (RuntimeError, subprocess.SubprocessError) as failed:
                print(f"{name}: FAILED: {failed}", flush=True)
                results.append(False)
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
