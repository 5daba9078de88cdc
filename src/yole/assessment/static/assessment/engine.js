// The adaptive test in the page: the same sums as the Python engine (tests/assessment/vectors.json holds both to 1e-9).
// A package is what /diagnostic/hors-ligne/questions.json gives; a session is {log, used, perArea, asked}.

const TIERS = [1.0, 1.15, 1.5, 2.0, 3.0];

const logWrong = (z) => -(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
const chance = (z) => 0.5 * (1 + Math.tanh(0.5 * z));
const sum = (list) => list.reduce((total, value) => total + value, 0);
const dot = (one, other) => one.reduce((total, value, at) => total + value * other[at], 0);

export function tables(pack) {
  const grid = Array.from({ length: pack.nodes }, (_, at) => -pack.edge + (2 * pack.edge * at) / (pack.nodes - 1));
  const rows = pack.items.map(({ a, b }) => {
    const z = grid.map((theta) => a * theta - a * b);
    const p = z.map(chance);
    const logQ = z.map(logWrong);
    return { p, logQ, logP: logQ.map((value, at) => value + z[at]), information: p.map((value) => a * a * value * (1 - value)) };
  });
  return { grid, rows };
}

export function start(pack, table) {
  const density = table.grid.map((theta) => -0.5 * theta * theta);
  const total = Math.log(sum(density.map(Math.exp)));
  return { log: density.map((value) => value - total), used: pack.items.map(() => false), perArea: pack.areas.map(() => 0), asked: [] };
}

export function answer(pack, table, session, item, right) {
  const row = right ? table.rows[item].logP : table.rows[item].logQ;
  session.log = session.log.map((value, at) => value + row[at]);
  session.used[item] = true;
  session.asked.push(item);
  session.perArea[pack.items[item].area] += 1;
}

export function posterior(session) {
  const top = Math.max(...session.log);
  const weights = session.log.map((value) => Math.exp(value - top));
  const total = sum(weights);
  return weights.map((value) => value / total);
}

export function estimate(table, post) {
  const mean = dot(post, table.grid);
  const square = dot(post, table.grid.map((theta) => theta * theta));
  return [mean, Math.sqrt(Math.max(square - mean * mean, 0))];
}

export function levels(pack, post) {
  const shares = pack.level_weights[0].map((_, k) => Math.max(sum(post.map((value, at) => value * pack.level_weights[at][k])), 0));
  const total = sum(shares);
  return shares.map((value) => value / total);
}

// numpy rounds halves to the even number.
function nearest(value) {
  const low = Math.floor(value);
  const half = value - low;
  return half < 0.5 ? low : half > 0.5 ? low + 1 : low % 2 === 0 ? low : low + 1;
}

export function nextItem(pack, table, session, barred, draw, among = pack.rules.among) {
  const { rules } = pack;
  let free = pack.items.map((_, at) => at).filter((at) => !session.used[at] && !barred.has(at));
  if (!free.length) return null;
  if (pack.sessions > 0 && rules.cap < 1) {
    for (const tier of TIERS) {
      const under = free.filter((at) => pack.items[at].shown < rules.cap * tier * pack.sessions);
      if (under.length) {
        free = under;
        break;
      }
    }
  }
  const post = posterior(session);
  const step = table.grid[1] - table.grid[0];
  const node = Math.min(Math.max(nearest((dot(post, table.grid) - table.grid[0]) / step), 0), pack.nodes - 1);
  const quota = rules.max_items / pack.areas.length;
  const left = session.perArea.map((count) => Math.max((quota - count) / quota, 1e-3));
  const worth = table.rows.map((row, at) => row.information[node] * left[pack.items[at].area]);
  if (session.asked.length < 4) {
    const success = table.rows.map((row) => dot(row.p, post));
    const easy = free.filter((at) => success[at] >= (session.asked.length ? 0.6 : 0.8));
    const best = Math.max(...free.map((at) => success[at]));
    free = easy.length ? easy : free.filter((at) => success[at] >= best - 1e-12);
  }
  const ranked = free.sort((one, other) => worth[other] - worth[one] || one - other).slice(0, Math.max(1, among));
  return ranked[Math.floor(draw * ranked.length)];
}

export function whyStop(pack, table, session) {
  const { rules } = pack;
  const asked = session.asked.length;
  const post = posterior(session);
  if (asked >= rules.max_items) return "length";
  if (asked >= rules.min_items) {
    if (Math.max(...levels(pack, post)) >= rules.certainty) return "level";
    if (estimate(table, post)[1] <= rules.se) return "se";
  }
  return session.used.every(Boolean) ? "bank" : null;
}

// One number in [0, 1) from a seed and a position, the same on every device.
export function drawn(seed, position) {
  let state = (seed ^ Math.imul(position, 0x9e3779b1)) >>> 0;
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}

export const isRight = (item, response) => response.length > 0 && response.length === item.right.length && item.right.every((one) => response.includes(one));

// The whole state of a sitting from its answers [{item, response}]: replayed, so that a reload finds the same question.
export function replay(pack, table, answers) {
  const session = start(pack, table);
  const barred = new Set();
  for (const { item, response } of answers) {
    answer(pack, table, session, item, isRight(pack.items[item], response));
    for (const other of pack.items[item].bars) barred.add(other);
  }
  return { session, barred };
}

// --- five areas at once: mode of the posterior under theta ~ N(0, R), Newton, then the inverse of the curvature ---------------------------

function inverse(matrix) {
  const size = matrix.length;
  const work = matrix.map((row, at) => [...row, ...row.map((_, k) => (k === at ? 1 : 0))]);
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1) if (Math.abs(work[row][column]) > Math.abs(work[pivot][column])) pivot = row;
    [work[column], work[pivot]] = [work[pivot], work[column]];
    const by = work[column][column];
    work[column] = work[column].map((value) => value / by);
    for (let row = 0; row < size; row += 1) {
      const factor = work[row][column];
      if (row !== column && factor) work[row] = work[row].map((value, k) => value - factor * work[column][k]);
    }
  }
  return work.map((row) => row.slice(size));
}

export function areas(pack, answers) {
  const precision = inverse(pack.correlation);
  const rows = answers.map(({ item, response }) => ({ ...pack.items[item], x: isRight(pack.items[item], response) ? 1 : 0 }));
  const objective = (at) =>
    sum(rows.map(({ a, b, area, x }) => x * (a * at[area] - a * b) + logWrong(a * at[area] - a * b))) - 0.5 * dot(at, precision.map((row) => dot(row, at)));
  let theta = pack.areas.map(() => 0);
  let value = objective(theta);
  let curvature = precision;
  for (let cycle = 0; cycle < 25; cycle += 1) {
    const slope = precision.map((row) => -dot(row, theta));
    curvature = precision.map((row) => [...row]);
    for (const { a, b, area, x } of rows) {
      const p = chance(a * theta[area] - a * b);
      slope[area] += (x - p) * a;
      curvature[area][area] += p * (1 - p) * a * a;
    }
    let move = inverse(curvature).map((row) => dot(row, slope));
    let next = theta.map((one, at) => one + move[at]);
    for (let half = 0; half < 20 && objective(next) < value - 1e-10; half += 1) {
      move = move.map((one) => one / 2);
      next = theta.map((one, at) => one + move[at]);
    }
    theta = next;
    value = objective(theta);
    if (Math.max(...move.map(Math.abs)) < 1e-8) break;
  }
  const covariance = inverse(curvature);
  return pack.areas.map((name, k) => ({ name, theta: theta[k], se: Math.sqrt(covariance[k][k]), answered: rows.filter((row) => row.area === k).length }));
}
