"""Everything that happens to a tablet at a station; each fault ends with a post that works again."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from tests.kiosk.chaos import versions
from tests.kiosk.chaos.line import DEAF, GONE, HALF, PORTAL
from tests.kiosk.chaos.post import Post
from tests.serving import until

Fault = Callable[[Post], None]

YEAR: Final = 365 * 24 * 3600 * 1000
#: The clock of a tablet whose battery was empty for long, and of one that somebody set wrong.
IN_2001: Final = -25 * YEAR
IN_2040: Final = 14 * YEAR
#: Where the server dies under every seed: in the middle of a batch, before its commit and after it …
DEATHS: Final = (
    "batch: half written",
    "batch: written, not committed",
    "batch: committed, not answered",
)
#: … and where it dies under one seed or the other.
MORE_DEATHS: Final = ("batch: begun", "opening: written, not committed", "opening: committed")


def some(post: Post) -> int:
    """Tell how many come by."""
    return post.random.randint(3, 9)


def moment(post: Post) -> int:
    """Draw a moment of up to 50 ms."""
    return post.random.randint(0, 50)


def urge(post: Post, came_true: Callable[[], bool], otherwise: str) -> None:
    """Say again and again that the network is back, until something happened."""

    def happened() -> bool:
        if came_true():
            return True
        post.nudge()
        return False

    until(happened, otherwise)


def nothing(post: Post) -> None:
    """Let people sign in peace; one of them does so twice."""
    post.sign(some(post))
    post.sign_twice()
    post.deliver()


def by_hand(post: Post) -> None:
    """Let people sign by the form itself."""
    for _person in range(2):
        post.sign_by_hand()
    post.deliver()


def server_dies(step: str, post: Post) -> None:
    """Let the server end at a step of taking or opening what a tablet delivers."""
    post.arm(step)
    post.sign(some(post))
    urge(post, partial(post.died, step), f"nobody came by {step!r}")
    post.revive()
    post.deliver()


def server_dies_elsewhere(post: Post) -> None:
    """Let the server end at one of the other steps."""
    server_dies(post.random.choice(MORE_DEATHS), post)


def the_line_is(way: str, post: Post) -> None:
    """Break the line, or let it lie, while people sign and the tablet delivers."""
    before = post.line.broken
    post.line.way = way
    post.sign(some(post))
    urge(post, lambda: post.line.broken > before, "the tablet never tried to deliver")
    if way in (PORTAL, GONE):
        assert post.held() > 0, "an answer of somebody else took an envelope off the tablet"
    post.sign(1)
    post.deliver()


def no_network(post: Post) -> None:
    """Switch the tablet's network off and on."""
    post.machine.context.set_offline(True)
    post.sign(some(post))
    post.page.wait_for_timeout(moment(post))
    assert post.held() > 0
    post.machine.context.set_offline(False)
    post.deliver()


def battery_dies_while_saving(post: Post) -> None:
    """Kill the browser while people sign."""
    post.begin_to_sign(40)
    post.page.wait_for_timeout(post.random.randint(20, 120))
    post.kill()
    post.switch_on()
    post.deliver()


def battery_dies_while_delivering(post: Post) -> None:
    """Kill the browser up to 50 ms after it began to deliver."""
    post.sign(some(post))
    post.nudge()
    post.page.wait_for_timeout(moment(post))
    post.kill()
    post.switch_on()
    post.deliver()


def everything_dies(post: Post) -> None:
    """Kill browser and server; the tablet starts before the server does."""
    post.sign(some(post))
    post.nudge()
    post.kill()
    post.server.kill_group()
    post.switch_on()
    post.sign(some(post))
    post.server.start()
    post.deliver()


def server_restarts(post: Post) -> None:
    """Kill the whole server while people sign, and start it again."""
    post.begin_to_sign(some(post))
    post.server.kill_group()
    post.sign(some(post))
    post.server.start()
    post.deliver()


def reload(post: Post) -> None:
    """Load the page again while it delivers."""
    post.sign(some(post))
    post.nudge()
    post.page.reload(wait_until="commit")
    post.reach(post.page)
    post.deliver()


def two_tabs(post: Post) -> None:
    """Let people sign in two tabs at once."""
    other = post.machine.context.new_page()
    post.open(other)
    post.begin_to_sign(some(post), other)
    post.sign(some(post))
    other.evaluate("window.dispatchEvent(new Event('online'))")
    post.nudge()
    post.sign(some(post), other)
    post.deliver()
    other.close()


def clock_in(ahead: int, post: Post) -> None:
    """Switch the tablet on with a clock in another year; it stays wrong until it starts again."""
    post.machine.switch_off()
    post.machine.ahead = ahead
    post.switch_on()
    post.machine.ahead = 0
    post.sign(some(post))
    post.deliver()


def clock_set_right_unseen(post: Post) -> None:
    """Let a wrong clock be corrected by the server, then be set right while nobody answers."""
    clock_in(IN_2040, post)
    everything_dies(post)


def eviction(post: Post) -> None:
    """Let the browser throw everything away but its cookies; somebody enrols the tablet anew."""
    post.sign(some(post))
    post.deliver()
    post.line.way = GONE
    post.sign(some(post))
    post.evict()
    post.enrol()
    post.sign(some(post))
    post.deliver()


def new_server(post: Post) -> None:
    """Let pages of an older version deliver to a server that says more than they know."""
    post.sign(some(post))
    post.line.change = versions.newer
    post.server.kill_group()
    post.server.start()
    post.deliver()
    post.renew()
    post.sign(some(post))
    post.deliver()


FAULTS: Final[Sequence[tuple[str, Fault]]] = (
    ("nothing", nothing),
    ("by hand", by_hand),
    *((f"server dies at {step!r}", partial(server_dies, step)) for step in DEATHS),
    ("server dies elsewhere", server_dies_elsewhere),
    *((f"the line is {way}", partial(the_line_is, way)) for way in (PORTAL, GONE, DEAF, HALF)),
    ("no network", no_network),
    ("battery dies while saving", battery_dies_while_saving),
    ("battery dies while delivering", battery_dies_while_delivering),
    ("server restarts", server_restarts),
    ("reload", reload),
    ("two tabs", two_tabs),
    ("clock in 2001", partial(clock_in, IN_2001)),
    ("clock in 2040, then everything dies", clock_set_right_unseen),
    ("eviction", eviction),
    ("new server", new_server),
)
#: What is over in a second: until enough have signed.
CHEAP: Final = tuple(
    (name, fault)
    for name, fault in FAULTS
    if name.startswith(("nothing", "by hand", "the line", "no network", "reload", "two tabs"))
)
