"""What the people of finance were told."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from campaign_app.core import clock
from campaign_app.core.db import Base


class FinanceNotice(Base):
    """One thing of which finance was told: its row keeps the letter from being written twice."""

    __tablename__ = "finance_notice"

    #: "dispute:paris:dp_…:opened".
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
