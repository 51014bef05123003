from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import MONEY, PK, TAGS, VIEW, PartnershipList, body_of, get_or_400
from partnerships.awards import serializers
from partnerships.awards.services import awards as awards_services
from partnerships.lookups.financial_reports import lines_in_effect
from partnerships.models import FinancialReport, Fund, LedgerEntry, LedgerKind


@extend_schema_view(
    list=extend_schema(
        operation_id="ledger",
        summary="Ledger of a partnership",
        description="Every ledger entry of TIP Office project funds under the partnership's awards, by date.",
        parameters=[PK],
        responses=serializers.LedgerEntrySerializer,
        tags=TAGS,
    ),
    create=extend_schema(
        operation_id="ledger_record",
        summary="Record a ledger entry",
        description=(
            "Records an award, an obligation, a disbursement, or a reversal of one. An entry that would exceed a "
            "limit returns 422 with code, limit, would_be, and citation. So does one that no day allows: at the end "
            "of every day, no more is disbursed than obligated, or obligated than awarded. After the last day of the "
            "term, nothing new is obligated, and other entries need a reason (`note`) and an authority."
        ),
        parameters=[PK],
        request=serializers.NewLedgerEntrySerializer,
        responses={201: serializers.LedgerEntrySerializer},
        tags=TAGS,
    ),
)
class Ledger(PartnershipList[LedgerEntry]):
    required_permission = {"GET": VIEW, "POST": MONEY}
    queryset = LedgerEntry.objects.none()
    serializer_class = serializers.LedgerEntrySerializer

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        rows = LedgerEntry.objects.filter(award__partnership=self.partnership())
        return serializers.LedgerEntrySerializer.tuples(rows.order_by("on", "pk"))

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        partnership = self.partnership()
        values = body_of(request, serializers.NewLedgerEntrySerializer)
        award = get_or_400(partnership.awards.all(), "award", values.pop("award"))
        kind = LedgerKind(values.pop("kind"))
        if values["fund"] is not None:
            values["fund"] = get_or_400(Fund.objects.all(), "fund", values["fund"])
        row = awards_services.record_ledger_entry(award=award, kind=kind, actor=user_of(request), **values)
        return Response(serializers.LedgerEntrySerializer(row).data, status=201)


@extend_schema_view(
    list=extend_schema(
        operation_id="financial_reports",
        summary="Financial reports of a partnership",
        description=(
            "The lines in effect of each federal financial report (SF-425) of the partnership's awards, by award and "
            "end of the period, with those that the form computes. Lines that others replaced are left out."
        ),
        parameters=[PK],
        responses=serializers.FinancialReportSerializer,
        tags=TAGS,
    ),
)
class FinancialReports(PartnershipList[FinancialReport]):
    queryset = FinancialReport.objects.none()
    serializer_class = serializers.FinancialReportSerializer

    def get_queryset(self) -> QuerySet[FinancialReport]:
        rows = lines_in_effect().filter(report__award__partnership=self.partnership())
        return serializers.FinancialReportSerializer.tuples(rows)
