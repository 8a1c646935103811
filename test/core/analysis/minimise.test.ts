import assert from "node:assert/strict";
import { minimise, type Objective } from "../../../src/core/analysis/minimise.js";
import { forSeeds } from "../../support/random.js";

/** Σ cᵢ (xᵢ − mᵢ)² */
const bowl =
  (centre: readonly number[], curvature: readonly number[]): Objective =>
  (x, gradient) => {
    let value = 0;
    for (const [i, m] of centre.entries()) {
      const c = curvature[i] ?? 1;
      value += c * ((x[i] ?? 0) - m) ** 2;
      gradient[i] = 2 * c * ((x[i] ?? 0) - m);
    }
    return value;
  };

const rosenbrock: Objective = (x, gradient) => {
  const [a = 0, b = 0] = x;
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
  gradient[1] = 200 * (b - a * a);
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
};

describe("minimise", () => {
  it("finds the bottom of a bowl, whatever the scales of its axes", () => {
    const { parameters, value } = minimise(bowl([3, -2, 1], [1, 1e4, 1e-3]), [0, 0, 0]);
    assert.ok(value < 1e-12, `${value}`);
    for (const [i, m] of [3, -2, 1].entries()) assert.ok(Math.abs((parameters[i] ?? 0) - m) < 1e-4);
  });

  it("follows the bent valley of Rosenbrock's function", () => {
    const { parameters, iterations } = minimise(rosenbrock, [-1.2, 1]);
    assert.ok(Math.hypot((parameters[0] ?? 0) - 1, (parameters[1] ?? 0) - 1) < 1e-6);
    assert.ok(iterations < 100, `${iterations} iterations`);
  });

  it("gets down a function with a kink at its minimum", () => {
    // |a| + 10·|b − a|: smooth nowhere near its minimum at 0.
    const kinked: Objective = (x, gradient) => {
      const [a = 0, b = 0] = x;
      gradient[0] = Math.sign(a) - 10 * Math.sign(b - a);
      gradient[1] = 10 * Math.sign(b - a);
      return Math.abs(a) + 10 * Math.abs(b - a);
    };
    assert.ok(minimise(kinked, [3, -1.7]).value < 1e-6);
  });

  it("steps back from where the function has no value", () => {
    // x − log x has its minimum at 1 and no value at or below 0.
    const barrier: Objective = (x, gradient) => {
      const [a = 0] = x;
      gradient[0] = 1 - 1 / a;
      return a - Math.log(a);
    };
    assert.ok(Math.abs((minimise(barrier, [30]).parameters[0] ?? 0) - 1) < 1e-6);
  });

  it("stays where it starts if there is no value, and where the gradient is 0", () => {
    const none = minimise(() => NaN, [1, 2]);
    assert.deepEqual([...none.parameters], [1, 2]);
    assert.ok(Number.isNaN(none.value));
    assert.equal(minimise(bowl([1], [1]), [1]).iterations, 0);
  });

  it("ends on a function without a minimum", () => {
    const endless: Objective = (x, gradient) => {
      gradient[0] = 1;
      return x[0] ?? 0;
    };
    assert.ok(minimise(endless, [0], { maxIterations: 20 }).value < -1e6);
  });

  it("does not change its start", () => {
    const start = Float64Array.of(-1.2, 1);
    minimise(rosenbrock, start);
    assert.deepEqual([...start], [-1.2, 1]);
  });

  it("finds the bottom of any bowl from anywhere", () => {
    forSeeds(40, (random) => {
      const draw = (): number[] => Array.from({ length: 5 }, () => 20 * random() - 10);
      const centre = draw();
      const curvature = draw().map((x) => Math.exp(x / 3));
      assert.ok(minimise(bowl(centre, curvature), draw()).value < 1e-9);
    });
  });
});
