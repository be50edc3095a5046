from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import NOW, MtoCase


@tagged("post_install", "-at_install")
class TestFrozen(MtoCase):
    """The plan is fixed for two days from Monday at eight; a panel takes four hours.

    The saw works from 8 to 12 and 13 to 17.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._make_workcenter("Saw")
        cls.sheet = cls._make_bought("Sheet", on_order=False)
        cls._make_stock(cls.sheet, 1000)
        cls.panel = cls._make_product("Panel")
        cls._make_bom(cls.panel, [(cls.sheet, 1)], [(cls.saw, 240)])
        cls.env.company.mto_frozen_days = 2

    def _quote(self, product=None):
        (answer,) = self.env["mto.planner"].quote(
            [{"product_id": (product or self.panel).id, "quantity": 1}]
        )
        return answer

    def _confirm(self, product=None, **values):
        order = self._make_order((product or self.panel, 1), **values)
        (answer,) = order.mto_compute_promise()
        order.action_confirm()
        return answer, order.order_line

    def _times(self, line):
        return [
            (workorder.date_start, workorder.date_finished)
            for workorder in line.mto_production_ids.workorder_ids
        ]

    # Promises and confirmations

    def test_work_starts_when_the_plan_is_not_fixed_any_more(self):
        answer, line = self._confirm()
        self.assertEqual(answer["promise_date"], str(self._at(2, 12)))
        self.assertEqual(self._times(line), [(self._at(2, 8), self._at(2, 12))])
        self.assertEqual(
            answer["constraint"],
            {
                "kind": "calendar",
                "text": "The plan is fixed until March 3: new work starts after that.",
            },
        )

    def test_confirmed_a_little_later_it_stands_as_promised(self):
        order = self._make_order((self.panel, 1))
        with self._freeze(minute=3):
            (answer,) = order.mto_compute_promise()
        with self._freeze(minute=14):
            order.action_confirm()
        # From a quarter past eight on.
        self.assertEqual(answer["promise_date"], str(self._at(2, 13, 15)))
        self.assertEqual(
            self._times(order.order_line), [(self._at(2, 8, 15), self._at(2, 13, 15))]
        )

    def _freeze(self, minute):
        return freeze_time(NOW.replace(minute=minute))

    def test_what_is_bought_is_ordered_at_once(self):
        """It takes three days, of which the plan is fixed for two."""
        glass = self._make_bought("Glass", 3)
        window = self._make_product("Window")
        self._make_bom(window, [(glass, 1)], [(self.saw, 240)])
        answer, line = self._confirm(window)
        self.assertEqual(self._times(line), [(self._at(3, 8), self._at(3, 12))])
        self.assertEqual(answer["constraint"]["kind"], "lead_time")
        self.assertEqual(line.mto_purchase_line_ids.mto_order_by, NOW)

    def test_a_full_work_center_is_the_reason_if_it_is_one(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Big job",
                "resource_id": self.saw.resource_id.id,
                "calendar_id": self.calendar.id,
                "time_type": "other",
                "date_from": self._at(0, 8),
                "date_to": self._at(3, 17),
            }
        )
        answer, line = self._confirm()
        self.assertEqual(self._times(line), [(self._at(4, 8), self._at(4, 12))])
        self.assertEqual(answer["constraint"]["text"], "Saw is full until March 5.")

    def test_a_request_within_the_fixed_days_cannot_be_kept(self):
        for wanted, on_request, span in (
            (self._at(2, 11), False, (self._at(2, 8), self._at(2, 12))),
            (self._at(2, 17), True, (self._at(2, 13), self._at(2, 17))),
        ):
            answer, line = self._confirm(commitment_date=wanted)
            self.assertEqual(answer["on_request"], on_request)
            self.assertEqual(self._times(line), [span])

    def test_what_has_no_operations_is_made_by_its_days(self):
        plain = self._make_product("Plain")
        self._make_bom(plain, [(self.sheet, 1)], produce_delay=1)
        self.assertEqual(self._quote(plain)["promise_date"], str(self._at(1, 8)))

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.mto_frozen_days = 30
        self.assertEqual(self._quote()["promise_date"], str(self._at(2, 12)))
        self.env.company.mto_frozen_days = 0
        self.assertEqual(self._quote()["promise_date"], str(self._at(0, 12)))

    # Planning anew

    def _replan(self, **options):
        self.env["mto.planner"].with_user(self.planner).replan(
            {"method": "earliest", **options}
        )

    def test_replan_leaves_the_fixed_days_alone(self):
        """Nothing within them moves, and nothing moves into them."""
        self.env.company.mto_frozen_days = 0
        early = [self._confirm()[1] for _order in range(3)]
        self.env.company.mto_frozen_days = 2
        late = self._confirm()[1]
        self.assertEqual(self._times(early[2]), [(self._at(1, 8), self._at(1, 12))])
        self.assertEqual(self._times(late), [(self._at(2, 8), self._at(2, 12))])
        early[0].mto_production_ids.action_cancel()
        self._replan()
        self.assertEqual(self._times(early[1]), [(self._at(0, 13), self._at(0, 17))])
        self.assertEqual(self._times(early[2]), [(self._at(1, 8), self._at(1, 12))])
        self.assertEqual(self._times(late), [(self._at(2, 8), self._at(2, 12))])
        # Said otherwise by the caller.
        self._replan(frozen_days=0)
        self.assertEqual(
            sorted(self._times(early[1] + early[2] + late)),
            [
                (self._at(0, 8), self._at(0, 12)),
                (self._at(0, 13), self._at(0, 17)),
                (self._at(1, 8), self._at(1, 12)),
            ],
        )

    def test_replan_places_overdue_work_at_once(self):
        line = self._confirm()[1]
        with freeze_time(self._at(3, 8)):
            self._replan()
            self.assertEqual(self._times(line), [(self._at(3, 8), self._at(3, 12))])

    def test_wizard_begins_with_the_days_of_the_company(self):
        wizards = self.env["mto.replan"].with_user(self.planner)
        self.assertEqual(Form(wizards).frozen_days, 2)
        self.env.company.mto_frozen_days = 0
        self.assertEqual(Form(wizards).frozen_days, 1)

    # The setting

    def test_setting(self):
        settings = self.env["res.config.settings"].create({"mto_frozen_days": 5})
        settings.execute()
        self.assertEqual(self.env.company.mto_frozen_days, 5)

    def test_days_are_not_negative_and_not_for_ever(self):
        for days in (-1, 366):
            with (
                self.subTest(days=days),
                self.assertRaisesRegex(ValidationError, "“Fixed Days” is"),
                self.env.cr.savepoint(),
            ):
                self.env.company.mto_frozen_days = days
                self.env.flush_all()
