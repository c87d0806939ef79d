"""Renders every composition of this folder with this program and with the npm package hyperframes, and compares:
frames (PSNR), frame count, duration, sound. For scripts/check; takes some minutes. Names as arguments choose some.
--keep=FOLDER leaves both videos and a sheet of frames there, and renders with the peer only what has changed since;
--peer-only renders nothing else."""
import array
import hashlib
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
LIBRARIES = ROOT / "build/hyperframes/node_modules"
PACKAGES = {"node": "22.23.3", "hyperframes": "0.8.170"}
OPTIONS = {  # ours, the peer's
    "sixty": (["--fps", "60"], ["-f", "60"]),
    "still-4k": (["--resolution", "4k"], ["--resolution", "4k"]),
    "transparent": (["--format", "webm"], ["--format", "webm"]),
}
# Pages that the peer shows otherwise than its contract says; contract_pages_test looks at them.
OURS_ALONE = {"own-protocol"}
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


FILM_COLOURS = ["-pix_fmt", "yuv420p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
MEDIA = {  # made when a page names them
    "film.mp4": ["testsrc2=size=1280x720:rate=30:duration=4", "-c:v", "libx264", "-crf", "12", *FILM_COLOURS],
    "short.mp4": ["testsrc2=size=640x360:rate=25:duration=0.4", "-c:v", "libx264", "-crf", "12", *FILM_COLOURS],
    "talk.mp4": ["testsrc2=size=640x360:rate=30:duration=2", "-f", "lavfi", "-i", "sine=frequency=330:duration=2", "-c:v", "libx264",
                 "-crf", "12", "-c:a", "aac", "-b:a", "192k", *FILM_COLOURS],
    "tone.wav": ["sine=frequency=440:duration=3", "-ar", "48000"],
    "bed.wav": ["sine=frequency=220:duration=3", "-ar", "44100", "-ac", "2"],
    "blip.wav": ["sine=frequency=880:duration=0.25", "-ar", "48000", "-af", "afade=out:d=0.25"],
    "photo.png": ["testsrc2=size=800x500:rate=1:duration=1", "-frames:v", "1"],
    "moving.gif": ["testsrc2=size=400x300:rate=10:duration=1"],
}


def make_media(folder):
    text = "".join(page.read_text() for page in folder.rglob("*.html"))
    for name, made in MEDIA.items():
        if name in text:
            run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", *made, folder / name)
    if "fonts/own.woff2" in text:
        (folder / "fonts").mkdir(exist_ok=True)
        shutil.copy(LIBRARIES / "@fontsource/playfair-display/files/playfair-display-latin-700-normal.woff2", folder / "fonts/own.woff2")


LOCAL = {  # what the peer, which has no network here, finds in its project
    r"https://cdn\.jsdelivr\.net/npm/gsap[^\"]*/gsap.min.js": "gsap/dist/gsap.min.js",
    r"https://cdn\.jsdelivr\.net/npm/gsap[^\"]*/SplitText.min.js": "gsap/dist/SplitText.min.js",
    r"https://cdn\.jsdelivr\.net/npm/animejs[^\"]*": "animejs/dist/bundles/anime.umd.min.js",
    r"https://cdnjs\.cloudflare\.com/ajax/libs/bodymovin[^\"]*": "lottie-web/build/player/lottie.min.js",
    r"https://cdn\.jsdelivr\.net/npm/d3[^\"]*": "d3/dist/d3.min.js",
    r"https://cdn\.jsdelivr\.net/npm/three[^\"]*": "three/build/three.module.js",
    r"https://cdn\.jsdelivr\.net/npm/@tailwindcss/browser[^\"]*": "@tailwindcss/browser/dist/index.global.js",
}


def localised(folder):
    for page in folder.rglob("*.html"):
        text = page.read_text()
        for pattern, file in LOCAL.items():
            if not re.search(pattern, text):
                continue
            name = pathlib.Path(file).name
            shutil.copy(LIBRARIES / file, folder / name)
            if name == "three.module.js":
                shutil.copy(LIBRARIES / "three/build/three.core.js", folder)
            text = re.sub(pattern, "./" + name, text)
        page.write_text(text)


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


def fingerprint(folder, options):
    seen = hashlib.sha256(repr(options).encode())
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            seen.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return seen.hexdigest()[:16]


def render_with_peer(name, project, options, suffix, work, kept):
    """The peer's video; with a folder to keep it in, rendered once for each state of the project."""
    peers = work / (name + "-peer" + suffix)
    localised(project)
    stored = kept / f"{name}-{fingerprint(project, options)}{suffix}" if kept else None
    if stored and stored.exists():
        return stored
    environment = {**os.environ, "HYPERFRAMES_BROWSER_PATH": "/usr/bin/chromium-headless-shell"}
    run(PEER / "node_modules/node/bin/node", PEER / "node_modules/hyperframes/dist/cli.js", "render", project, "-o", peers,
        "-w", "1", "--no-browser-gpu", *options, env=environment, cwd=PEER)
    if stored:
        stored.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(peers, stored)
    return peers


def sheet(name, ours, peers, folder):
    """Ours above the peer's, at four times, for eyes."""
    graph = "[0:v]{0}[a];[1:v]{0}[b];[a][b]vstack".format("fps=4,scale=640:-2,tile=4x1")
    run("ffmpeg", "-v", "error", "-y", "-i", ours, "-i", peers, "-lavfi", graph, "-frames:v", "1", folder / (name + ".png"))


def compare(name, work, kept):
    project = work / name
    shutil.copytree(HERE / name, project)
    make_media(project)
    ours_options, peers_options = OPTIONS.get(name, ([], []))
    suffix = ".webm" if name == "transparent" else ".mp4"
    ours = (kept or work) / (name + "-ours" + suffix)
    if "--peer-only" not in sys.argv:
        began = time.monotonic()
        run(BINARY, "hyperframes", "render", project, "-o", ours, *ours_options)
        ours_s = time.monotonic() - began
    began = time.monotonic()
    peers = render_with_peer(name, project, peers_options, suffix, work, kept)
    peers_s = time.monotonic() - began
    if "--peer-only" in sys.argv:
        print(f"{name}: {peers_s:.1f} s", flush=True)
        return True
    if kept:
        sheet(name, ours, peers, kept)
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
    arguments = [word for word in sys.argv[1:] if not word.startswith("--")]
    kept = next((pathlib.Path(word[7:]).resolve() for word in sys.argv[1:] if word.startswith("--keep=")), None)
    names = arguments or sorted(p.name for p in HERE.iterdir() if (p / "index.html").exists() and p.name not in OURS_ALONE)
    with tempfile.TemporaryDirectory(prefix="understudy-peer-") as work:
        results = []
        for name in names:
            try:
                results.append(compare(name, pathlib.Path(work), kept))
            except (RuntimeError, subprocess.SubprocessError) as failed:
                print(f"{name}: FAILED: {failed}", flush=True)
                results.append(False)
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
