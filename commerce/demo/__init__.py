"""A made-up cross-border shop with people, orders and policies, for trying Dragoman out and for its tests."""

from commerce.demo.files import demo_documents_dir, demo_policy_file, demo_vectors_file
from commerce.demo.shop import build_demo_shop
from commerce.demo.stories import Story, stories

__all__ = [
    "Story",
    "build_demo_shop",
    "demo_documents_dir",
    "demo_policy_file",
    "demo_vectors_file",
    "stories",
]
