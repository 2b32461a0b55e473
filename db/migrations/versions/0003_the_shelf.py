"""Old papers whose abstract was given up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for each paper on the shelf."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "shelf",
        sa.Column("id", number, primary_key=True),
        sa.Column("paper_id", number, sa.ForeignKey("paper.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("paper_id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Their abstracts are gone all the same."""
    op.drop_table("shelf")
