"""How long names are kept, what was deleted, and how old the newest backup is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask.typing import ResponseReturnValue

from campaign_app.core.access import Permission, requires
from campaign_app.core.i18n import current_language
from campaign_app.core.settings import settings
from campaign_app.petitions import backing_up, forgetting, keep_until, queries, states
from campaign_app.petitions.console_frame import page, settings_bp
from campaign_app.petitions.keeping_models import NamesDeleted
from campaign_app.petitions.models import Petition


@dataclass(frozen=True, slots=True)
class Kept:
    """One petition: whose names there still are, and until when."""

    petition: Petition
    title: str
    names: int
    #: The days that its wordings name.
    promised: Sequence[date]
    #: The day on which the first names go; None as long as nobody can know it.
    goes_on: date | None
    deleted_on: date | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A deletion, with the petition's title."""

    row: NamesDeleted
    title: str

    @property
    def agreed(self) -> bool:
        """Tell whether the recount agreed before and after."""
        return self.row.agreed_before and bool(self.row.agreed_after)


@settings_bp.get("/keeping")
@requires(Permission.ADMINISTER)
def keeping() -> ResponseReturnValue:
    """Show what is kept, what was deleted, and the newest backup."""
    shown = [one for one in queries.every() if one.state != states.DRAFT]
    titles = {one.id: queries.title(one, current_language()) for one in shown}
    proofs = [Proof(row, titles.get(row.petition_id, "")) for row in forgetting.proofs()]
    made = backing_up.last()
    return page(
        "settings_keeping",
        kept=[_kept(one, titles[one.id]) for one in shown],
        proofs=proofs,
        backup=made,
        backup_days=backing_up.days_since(made),
        overdue=backing_up.is_overdue(),
        has_key=bool(settings().backup_key),
    )


def _kept(petition: Petition, title: str) -> Kept:
    return Kept(
        petition=petition,
        title=title,
        names=forgetting.names_left(petition.id),
        promised=sorted(set(keep_until.promises(petition).values())),
        goes_on=keep_until.first_day(petition),
        deleted_on=forgetting.deleted_on(petition),
    )
