"""The control plane: tenants, users, connections, runs and what a run found, in a database of its own."""

from fondaco.control.alert_models import Alert, AlertChannel, AlertEvent, AlertMessage, AlertRule
from fondaco.control.connections import ConnectionRecord
from fondaco.control.models import (
    ApiToken,
    AuditEntry,
    Connection,
    CostVersion,
    PersonDecision,
    ReconciliationDay,
    Role,
    Run,
    RunStream,
    SavedView,
    Segment,
    SegmentVersion,
    StreamState,
    Tenant,
    User,
    WebSession,
)
from fondaco.control.plane import ControlPlane, SecretBox
from fondaco.control.reconciliation import SealSummary
from fondaco.control.saved_views import SavedViews, Shown
from fondaco.control.stock_models import StockDecision, StockOrder, StockOrderLine

__all__ = [
    "Alert",
    "AlertChannel",
    "AlertEvent",
    "AlertMessage",
    "AlertRule",
    "ApiToken",
    "AuditEntry",
    "Connection",
    "ConnectionRecord",
    "ControlPlane",
    "CostVersion",
    "PersonDecision",
    "ReconciliationDay",
    "Role",
    "Run",
    "RunStream",
    "SavedView",
    "SavedViews",
    "SealSummary",
    "SecretBox",
    "Segment",
    "SegmentVersion",
    "Shown",
    "StockDecision",
    "StockOrder",
    "StockOrderLine",
    "StreamState",
    "Tenant",
    "User",
    "WebSession",
]
