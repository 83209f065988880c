"""Names the slowest tests of a ctest run: slowest.py JUNIT COUNT."""

import sys
import xml.etree.ElementTree as xml


def main(report, count):
    try:
        ran = [(float(test.get("time", 0)), test.get("name")) for test in xml.parse(report).iter("testcase")
               if test.get("status") in ("run", "fail")]
    except (OSError, ValueError, xml.ParseError) as problem:
        print(f"test: the slowest tests are not known: {problem}")
        return
    print(f"\nThe slowest of {len(ran)} tests, seconds:")
    for seconds, name in sorted(ran, reverse=True)[:count]:
        print(f"{seconds:9.1f}  {name}")


main(sys.argv[1], int(sys.argv[2]))
