#!/usr/bin/env python3
"""Makes src/library/icons/lucide.txt from the npm package lucide-static.

    npm pack lucide-static && tar xzf lucide-static-*.tgz && tools/make_icons.py package

One line an icon, three fields separated by tabs: its name, its tags separated by "|", its outlines as SVG path
data separated by ";". Outlines are stroked on a square of 24 units, width 2, round; one that starts with "!" is
filled as well. Circles, rectangles and lines become paths, so that whoever draws an icon knows paths only.
"""
import json
import pathlib
import shutil
import sys

TARGET = pathlib.Path(__file__).resolve().parents[1] / "src/library/icons"


def number(value):
    return f"{float(value):.4f}".rstrip("0").rstrip(".")


def ellipse(x, y, rx, ry):
    return (f"M{number(x - rx)} {number(y)}a{number(rx)} {number(ry)} 0 1 0 {number(2 * rx)} 0"
            f"a{number(rx)} {number(ry)} 0 1 0 {number(-2 * rx)} 0z")


def rectangle(x, y, width, height, rx, ry):
    if not rx and not ry:
        return f"M{number(x)} {number(y)}h{number(width)}v{number(height)}h{number(-width)}z"
    rx, ry = min(rx or ry, width / 2), min(ry or rx, height / 2)
    arc = f"a{number(rx)} {number(ry)} 0 0 1 "
    return (f"M{number(x + rx)} {number(y)}h{number(width - 2 * rx)}{arc}{number(rx)} {number(ry)}"
            f"v{number(height - 2 * ry)}{arc}{number(-rx)} {number(ry)}h{number(2 * rx - width)}"
            f"{arc}{number(-rx)} {number(-ry)}v{number(2 * ry - height)}{arc}{number(rx)} {number(-ry)}z")


def path_of(tag, attributes):
    def value(name):
        return float(attributes.get(name, 0))

    if tag == "path":
        return attributes["d"]
    if tag == "circle":
        return ellipse(value("cx"), value("cy"), value("r"), value("r"))
    if tag == "ellipse":
        return ellipse(value("cx"), value("cy"), value("rx"), value("ry"))
    if tag == "rect":
        return rectangle(value("x"), value("y"), value("width"), value("height"), value("rx"), value("ry"))
    if tag == "line":
        return f"M{number(value('x1'))} {number(value('y1'))}L{number(value('x2'))} {number(value('y2'))}"
    if tag in ("polyline", "polygon"):
        return "M" + attributes["points"].replace(",", " ").strip() + ("z" if tag == "polygon" else "")
    raise SystemExit(f"make_icons: an element <{tag}> is new; teach path_of() to draw it")


def main():
    package = pathlib.Path(sys.argv[1])
    tags = json.loads((package / "tags.json").read_text())
    lines = []
    for name, elements in sorted(json.loads((package / "icon-nodes.json").read_text()).items()):
        paths = []
        for tag, attributes in elements:
            is_filled = attributes.get("fill", "none") != "none"
            paths.append(("!" if is_filled else "") + path_of(tag, attributes))
        words = [tag.replace("|", " ").replace("\t", " ") for tag in tags.get(name, [])]
        lines.append("\t".join([name, "|".join(words), ";".join(paths)]))
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "lucide.txt").write_text("\n".join(lines) + "\n")
    shutil.copy(package / "LICENSE", TARGET / "LICENSE")
    version = json.loads((package / "package.json").read_text())["version"]
    print(f"{len(lines)} icons of lucide-static {version}")


if __name__ == "__main__":
    main()
