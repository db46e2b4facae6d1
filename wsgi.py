"""What a server or the `flask` command loads."""

import sys

from campaign_app import create_app, offline
from campaign_app.core.process import die_with_parent

die_with_parent()
app = offline.app if offline.asked_for(sys.argv) else create_app()
