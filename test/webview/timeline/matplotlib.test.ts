import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { matplotlibScript, pythonText } from "../../../webview/timeline/matplotlib.js";
import { viewOf } from "../../../webview/timeline/state.js";
import {
  chartAnswer,
  drawn,
  lineAnswer,
  runAnswer,
  timelineAnswer,
} from "../../support/timelineAnswers.js";

const HOSTILE = `"""\\"; import os # 'é\u2028\ud800 <img src=x>\n`;
const hasPython = spawnSync("python3", ["--version"]).status === 0;

function script(): string {
  const x = Float64Array.of(0, 1);
  const group = { x, mean: x, low: x, high: x, n: Uint32Array.of(3, 3) };
  const charts = [
    chartAnswer(HOSTILE, {
      lines: [
        {
          ...lineAnswer(0, [0, 1, 2], [1, NaN, -Infinity], [drawn([0], [1])]),
          smooth: drawn([0], [1]),
        },
      ],
      groups: [{ group: HOSTILE, spread: "sd", ...group }],
    }),
  ];
  const answer = timelineAnswer({ runs: [runAnswer(HOSTILE)], charts });
  const intent = { scale: "log", range: null, values: "log" } as const;
  return matplotlibScript(viewOf(answer, intent, { baseline: null }), HOSTILE);
}

describe("the script for matplotlib", () => {
  it("names everything as text", () => {
    assert.equal(pythonText('a"b\\\n'), '"a\\"b\\\\\\n"');
    assert.equal(pythonText("\u2028\u007f"), '"\\u2028\\u007f"');
    assert.ok(!/^import os/m.test(script()));
    assert.match(script(), /\[1, nan, -inf\]/);
  });

  it("is Python that means the same names", function () {
    if (!hasPython) this.skip();
    const check = [
      "import ast, json, sys",
      "tree = ast.parse(sys.stdin.buffer.read().decode('utf-8', 'surrogatepass'))",
      "names = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]",
      "print(json.dumps(names))",
    ].join("\n");
    const { stdout, stderr, status } = spawnSync("python3", ["-c", check], {
      input: script(),
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.ok((JSON.parse(stdout) as string[]).includes(HOSTILE));
  });
});
