"""The order in which the servers of a home come up."""

from devserver import cluster, postgres, processes, valkey
from devserver.supervisor import Supervisor, log


def end_stale(supervisor: Supervisor) -> None:
    """Ends what an earlier supervisor left. Hold the home's lock: then whatever still runs is stale."""
    places = supervisor.places
    for ended in (*processes.end_left_over(places), *processes.end_postgres(places)):
        log.warning("ended %s, left by an earlier start", ended)


def start_postgres(supervisor: Supervisor) -> None:
    cluster.prepare(supervisor.places)
    supervisor.start(postgres.child(supervisor.places))
    postgres.make_roles(supervisor.places)


def start_valkey(supervisor: Supervisor) -> None:
    valkey.prepare(supervisor.places)
    supervisor.start(valkey.child(supervisor.places))


def start_servers(supervisor: Supervisor) -> None:
    """Brings both up and returns when they answer. Raises ServersError, or Stopping when asked to stop."""
    end_stale(supervisor)
    start_postgres(supervisor)
    start_valkey(supervisor)
