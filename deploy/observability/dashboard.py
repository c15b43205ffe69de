"""`python deploy/observability/dashboard.py` writes dashboard.json, which Grafana and the repository keep."""

from dataclasses import dataclass
from pathlib import Path

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import LegendDisplayMode, LegendPlacement, TooltipDisplayMode
from grafana_foundation_sdk.models.dashboard import DashboardCursorSync, DataSourceRef, Threshold, ThresholdsMode

TARGET = Path(__file__).with_name("dashboard.json")
SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")


@dataclass(frozen=True)
class Graph:
    """One panel over time; `queries` are legend and PromQL."""

    title: str
    description: str
    unit: str
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Number:
    """One figure now, red from `limit` on where it has one."""

    title: str
    description: str
    query: str
    limit: float | None = None


NOW = (
    Number(
        "Processes that do not answer",
        "Of services, relay and gateways.",
        'count(up{job="dienhong"} == 0) or vector(0)',
        1,
    ),
    Number("Open screens", "Live streams of all gateways.", "sum(dienhong_sse_clients)"),
    Number(
        "Ballots recorded",
        "With a receipt, in the last hour.",
        'sum(increase(dienhong_ballots_total{outcome="accepted"}[1h]))',
    ),
    Number(
        "Commands that failed",
        "Neither accepted nor refused, in the last hour.",
        'sum(increase(dienhong_commands_total{outcome="failed"}[1h])) or vector(0)',
        1,
    ),
    Number("Seconds behind", "Of the follower that is furthest behind.", "max(dienhong_follower_lag_seconds)", 60),
    Number(
        "Parked events",
        "Given up after five tries; `dienhong parked list`.",
        "sum(dienhong_parked_events) or vector(0)",
        1,
    ),
)

ROWS: tuple[tuple[str, tuple[Graph, ...]], ...] = (
    (
        "Commands",
        (
            Graph(
                "Commands by outcome",
                "Refused is the rules at work; failed and conflict are not.",
                "reqps",
                (("{{outcome}}", "sum by (outcome) (rate(dienhong_commands_total[1m]))"),),
            ),
            Graph(
                "Commands by service",
                "What people do, by the service that decides it.",
                "reqps",
                (("{{service}}", "sum by (service) (rate(dienhong_commands_total[1m]))"),),
            ),
            Graph(
                "Time to decide and append",
                "Half, and 99 of 100, are faster than this.",
                "s",
                (
                    (
                        "{{service}} p50",
                        "histogram_quantile(0.5, sum by (service, le) (rate(dienhong_command_seconds_bucket[1m])))",
                    ),
                    (
                        "{{service}} p99",
                        "histogram_quantile(0.99, sum by (service, le) (rate(dienhong_command_seconds_bucket[1m])))",
                    ),
                ),
            ),
            Graph(
                "Lost races",
                "Appends that another writer overtook; they are decided again.",
                "ops",
                (("conflicts", "sum(rate(dienhong_append_conflicts_total[1m]))"),),
            ),
            Graph(
                "Services that are silent",
                "1 while a gateway answers for them at once: try again later.",
                "short",
                (("{{service}}", "max by (service) (dienhong_circuit_open)"),),
            ),
        ),
    ),
    (
        "Votes",
        (
            Graph(
                "Ballots by outcome",
                "Answered within the second, with a receipt or a reason.",
                "reqps",
                (("{{outcome}}", "sum by (outcome) (rate(dienhong_ballots_total[10s]))"),),
            ),
            Graph(
                "Ballots at the gateways",
                "Waiting for the batch under way, and told to come back because too many waited.",
                "short",
                (
                    ("waiting {{instance}}", "dienhong_ballots_waiting"),
                    ("turned away a second", "sum(rate(dienhong_ballots_turned_away_total[10s]))"),
                ),
            ),
            Graph(
                "Ballots that wait",
                "Messages of the voting service's queue, those in hand included. KEDA scales by this.",
                "short",
                (("messages", 'sum(rabbitmq_detailed_queue_messages{queue="rpc-voting"})'),),
            ),
        ),
    ),
    (
        "Following the log",
        (
            Graph(
                "Views behind",
                "How old the state is that a gateway's screens show.",
                "s",
                (("{{instance}}", 'dienhong_follower_lag_seconds{follower="views"}'),),
            ),
            Graph(
                "Reactions and relay behind",
                "Age of the oldest event that a follower has yet to handle, or the relay to publish.",
                "s",
                (("{{follower}}", 'max by (follower) (dienhong_follower_lag_seconds{follower!="views"})'),),
            ),
            Graph(
                "Positions behind",
                "Events; bytes of the log, where that is KurrentDB. Shows how fast a follower catches up.",
                "short",
                (("{{follower}}", "max by (follower) (dienhong_follower_lag_events)"),),
            ),
            Graph(
                "Parked events",
                "What each follower gave up on.",
                "short",
                (("{{follower}}", "sum by (follower) (dienhong_parked_events)"),),
            ),
            Graph(
                "Leaves of the provable log",
                "In the tree, and under a signed checkpoint: apart by more than a second's events only while it fails.",
                "short",
                (("{{state}}", "max by (state) (dienhong_ledger_leaves)"),),
            ),
            Graph(
                "What is wrong with logs",
                "Our own is not signed; requests kept as proof that another deployment's log has forked.",
                "short",
                (("{{kind}}", "max by (kind) (dienhong_ledger_problems)"),),
            ),
            Graph(
                "Live streams",
                "Open screens by gateway: even, when the ingress shares well.",
                "short",
                (("{{instance}}", "dienhong_sse_clients"),),
            ),
        ),
    ),
)


def panel(graph: Graph) -> timeseries.Panel:
    built = (
        timeseries.Panel()
        .title(graph.title)
        .description(graph.description)
        .datasource(SOURCE)
        .unit(graph.unit)
        .min(0)
        .line_width(2)
        .fill_opacity(8)
        .span(12)
        .height(8)
        .legend(
            common.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    for index, (legend, query) in enumerate(graph.queries):
        built = built.with_target(target(query, index).legend_format(legend))
    return built


def figure(number: Number) -> stat.Panel:
    steps = [Threshold(value=None, color="green")]
    if number.limit is not None:
        steps.append(Threshold(value=number.limit, color="red"))
    return (
        stat.Panel()
        .title(number.title)
        .description(number.description)
        .datasource(SOURCE)
        .unit("short")
        .thresholds(dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        .span(24 // len(NOW))
        .height(4)
        .with_target(target(number.query, 0))
    )


def target(query: str, index: int) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(query).ref_id("ABCDEFGH"[index])


def board() -> dashboard.Dashboard:
    built = (
        dashboard.Dashboard("Diên Hồng")
        .uid("dienhong")
        .tags(["dienhong"])
        .readonly()
        .refresh("10s")
        .time("now-1h", "now")
        .timezone("Asia/Ho_Chi_Minh")
        .tooltip(DashboardCursorSync.CROSSHAIR)
    )
    for number in NOW:
        built = built.with_panel(figure(number))
    for title, graphs in ROWS:
        built = built.with_row(dashboard.Row(title))
        for graph in graphs:
            built = built.with_panel(panel(graph))
    return built


def text() -> str:
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(board().build()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text())
