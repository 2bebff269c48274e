"""Every document that the connector can send is valid in Shopify's own schema."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, validate

from fondaco.sources.shopify.documents import all_documents, bulk_documents
from fondaco.sources.shopify.subscriptions import SUBSCRIBE, SUBSCRIPTIONS, UNSUBSCRIBE
from fondaco.sources.shopify.webhooks import TOPICS


@pytest.fixture(scope="module", params=["2026-10", "2026-07"])
def official_schema(request: pytest.FixtureRequest, shared_folder: Path) -> GraphQLSchema:
    path = shared_folder / "specs" / "shopify" / f"admin_{request.param}.json.gz"
    introspection = json.loads(gzip.decompress(path.read_bytes()))["data"]
    # Shopify deprecates fields that their interfaces do not deprecate, which graphql-core would refuse.
    return build_client_schema(introspection, assume_valid=True)


@pytest.mark.slow
@pytest.mark.xdist_group("shopify_documents")
def test_every_document_is_valid_in_shopifys_schema(official_schema: GraphQLSchema) -> None:
    documents = [*all_documents(), SUBSCRIPTIONS, SUBSCRIBE, UNSUBSCRIBE]
    assert len(documents) > 40
    for document in documents:
        assert validate(official_schema, parse(document)) == [], document


@pytest.mark.slow
@pytest.mark.xdist_group("shopify_documents")
def test_every_topic_that_is_subscribed_to_is_one_of_shopifys(official_schema: GraphQLSchema) -> None:
    topics = official_schema.type_map["WebhookSubscriptionTopic"]
    assert set(TOPICS) <= set(topics.values)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.xdist_group("shopify_documents")
def test_every_bulk_text_is_valid_in_shopifys_schema(official_schema: GraphQLSchema) -> None:
    for text in bulk_documents("updated_at:>='2026-01-01T00:00:00Z'"):
        assert validate(official_schema, parse(text)) == [], text


@pytest.mark.slow
@pytest.mark.xdist_group("shopify_documents")
def test_a_misspelt_field_would_be_found(official_schema: GraphQLSchema) -> None:
    assert validate(official_schema, parse("{ orders(first: 1) { nodes { identity } } }"))


def test_no_bulk_text_sorts_because_sorting_drops_records() -> None:
    assert [text for text in bulk_documents("id:1") if "sortKey" in text or "first:" in text] == []
