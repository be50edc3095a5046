from odoo.exceptions import MissingError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import REFUSED, MtoCase

GROUPS = (
    "sales_team.group_sale_salesman_all_leads,mrp.group_mrp_user,"
    "purchase.group_purchase_user"
)


@tagged("post_install", "-at_install")
class TestTwoCompanies(MtoCase):
    """Two companies and a branch, each with its own of all, and one who works for all.

    Lamps are made here in eight days, on the press of the others in half an hour, and
    on the bench of the branch in an hour.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mine = cls.env.company
        cls.pound = cls.env.ref("base.GBP")
        cls.pound.active = True
        Company = cls.env["res.company"]
        cls.theirs = Company.create(
            {
                "name": "Other lamps",
                "mto_safety_days": 0,
                "currency_id": cls.pound.id,
            }
        )
        cls.branch = Company.create(
            {"name": "Branch", "parent_id": cls.mine.id, "mto_safety_days": 0}
        )
        cls.press = cls._make_company_center(cls.theirs, "Secret press", 30, 60)
        cls.bench = cls._make_company_center(cls.branch, "Bench", 60, 30)
        cls.companies = cls.mine + cls.theirs + cls.branch
        cls.users = {company: cls._make_worker(company) for company in cls.companies}
        cls.both = cls._make_worker(*cls.companies)
        cls.orders = {
            company: cls._make_order((cls.lamp, 2), company_id=company.id)
            for company in cls.companies
        }
        for order in cls.orders.values():
            order.action_confirm()
        cls.lines = {company: order.order_line for company, order in cls.orders.items()}
        cls.env.flush_all()

    @classmethod
    def _make_company_center(cls, company, name, minutes, cost):
        calendar = cls._make_calendar((6, 14), days=range(6))
        calendar.company_id = company
        center = cls._make_workcenter(
            name, calendar, company_id=company.id, costs_hour=cost
        )
        cls._make_bom(cls.lamp, [], [(center, minutes)], company_id=company.id)
        return center

    @classmethod
    def _make_worker(cls, *companies):
        return new_test_user(
            cls.env,
            "mto_of_" + "_".join(str(company.id) for company in companies),
            groups=GROUPS,
            company_id=companies[0].id,
            company_ids=[Command.set([company.id for company in companies])],
        )

    def _env_of(self, company, user=None):
        """Of somebody who works for all, and has chosen one company."""
        env = self.env(user=user or self.both)
        return env(context={"allowed_company_ids": company.ids})

    def _works(self, company):
        return self.lines[company].mto_production_ids.workorder_ids

    def _spans(self, company):
        return [(one.date_start, one.date_finished) for one in self._works(company)]

    def _check_only(self, company, told):
        """Of the other companies nothing is told."""
        names = {self.mine: "Assembly", self.theirs: "Secret press"}
        names[self.branch] = "Bench"
        for other in self.companies - company:
            self.assertNotIn(names[other], str(told))
            self.assertNotIn(self.orders[other].name, str(told))

    # Dates

    def test_each_has_its_own_date(self):
        request = {"product_id": self.lamp.id, "quantity": 1}
        expected = {
            # 08:00 on Monday is two hours into their shift; two lamps are booked.
            self.theirs: str(self._at(0, 9, 30)),
            self.branch: str(self._at(0, 11)),
        }
        for company, date in expected.items():
            for user in (self.both, self.users[company]):
                with self.subTest(company=company.name, user=user.login):
                    planner = self._env_of(company, user)["mto.planner"]
                    (answer,) = planner.quote([request])
                    self.assertEqual(answer["promise_date"], date)
                    self._check_only(company, answer)
        (answer,) = self._env_of(self.mine)["mto.planner"].quote([request])
        self.assertIn("Assembly", str(answer))
        self._check_only(self.mine, answer)

    def test_what_is_confirmed_books_only_there(self):
        for company in self.companies:
            works = self._works(company)
            self.assertEqual(works.company_id, company)
            self.assertEqual(works.workcenter_id.company_id, company)
            self.assertEqual(
                self.lines[company].mto_production_ids.picking_type_id.company_id,
                company,
            )

    # What is shown

    def test_load_is_that_of_one_company(self):
        for company, names in (
            (self.mine, {"Assembly", "Bending", "Soldering"}),
            (self.theirs, {"Secret press"}),
            (self.branch, {"Bench"}),
        ):
            with self.subTest(company=company.name):
                planner = self._env_of(company)["mto.planner"]
                load = planner.load(weeks=2)
                told = {row["workcenter"] for row in load["centers"]}
                self.assertLessEqual(names, told)
                self._check_only(company, load)
        for other in (self.theirs, self.branch):
            with self.assertRaisesRegex(ValidationError, "of your company"):
                self._env_of(self.mine)["mto.planner"].load_details(
                    self._works(other).workcenter_id.id,
                    str(self._at(0, 0)),
                    str(self._at(9, 0)),
                )
        with self.assertRaises(MissingError):
            self._env_of(self.mine)["mto.planner"].load(
                what_if={"order_ids": self.orders[self.theirs].ids}
            )

    def test_today_is_that_of_the_companies_that_are_chosen(self):
        for line in self.lines.values():
            line.mto_risk = "late"
        self.env.flush_all()
        for chosen in (self.mine, self.theirs, self.branch, self.companies):
            with self.subTest(companies=chosen.mapped("name")):
                rows = self._env_of(chosen)["mto.today"].get()["lines"]
                expected = {self.lines[company].id for company in chosen}
                self.assertEqual({row["line_id"] for row in rows}, expected)
                for row in rows:
                    line = self.env["sale.order.line"].browse(row["line_id"])
                    self.assertEqual(row["currency_id"], line.currency_id.id)
        today = self._env_of(self.mine)["mto.today"]
        with self.assertRaises(MissingError):
            today.take(self.lines[self.theirs].id)

    def test_timeline_shows_its_own(self):
        for company in self.companies:
            order = self.orders[company].with_env(self._env_of(company))
            (data,) = order.mto_progress_data()
            self.assertTrue(data["timeline"])
            self._check_only(company, data)
        for company in (self.theirs, self.branch):
            order = self.orders[company].with_env(self._env_of(self.mine))
            with self.assertRaisesRegex(UserError, REFUSED):
                order.mto_progress_data()

    def test_installation_is_of_one_company(self):
        Project = self._env_of(self.theirs)["mto.project"]
        project = Project.create({"name": "Hall", "partner_id": self.customer.id})
        self.assertEqual(project.company_id, self.theirs)
        order = self.orders[self.theirs].with_env(Project.env)
        order.mto_project_id = project
        (data,) = project.mto_progress_data()
        self._check_only(self.theirs, data)
        for company in (self.mine, self.branch):
            mine = self.orders[company].with_env(self._env_of(company))
            with self.subTest(company=company.name):
                with self.assertRaises(MissingError):
                    mine.mto_project_id = project.id
                self.assertFalse(mine.env["mto.project"].search([]) & project)

    # What is moved

    def test_replanning_one_company_moves_no_other(self):
        before = {company: self._spans(company) for company in self.companies}
        # All of it could be done sooner, or later.
        for company in self.companies:
            planner = self._env_of(company)["mto.planner"]
            answer = planner.replan({"method": "earliest"})
            told = {row["line_id"] for row in answer["orders"]}
            self.assertEqual(told, set(self.lines[company].ids))
            for other in self.companies - company:
                self.assertEqual(self._spans(other), before[other])
            before = {one: self._spans(one) for one in self.companies}
        planner = self._env_of(self.mine)["mto.planner"]
        with self.assertRaisesRegex(ValidationError, "one of your companies"):
            planner.replan({"company_id": self.theirs.id})
        productions = self.lines[self.theirs].mto_production_ids
        with self.assertRaisesRegex(MissingError, "for you"):
            planner.replan({"production_ids": productions.ids})

    def test_check_and_repair_look_at_the_chosen_company(self):
        work = self._works(self.theirs)
        self.env.cr.execute(
            "UPDATE mrp_workorder SET date_start = %s WHERE id = %s",
            [self._at(1, 3), work.id],
        )
        self.env.invalidate_all()
        self.env.ref("base.group_system").user_ids = [Command.link(self.both.id)]
        mine = self._env_of(self.mine)["mto.planner"]
        theirs = self._env_of(self.theirs)["mto.planner"]
        self.assertEqual(mine.check_consistency(), [])
        self.assertFalse(mine.repair_consistency("working_time")["repaired"])
        self.assertEqual(
            [row["check"] for row in theirs.check_consistency()],
            ["working_time", "booking"],
        )
        self.assertTrue(theirs.repair_consistency("working_time")["repaired"])
        self.assertEqual(theirs.check_consistency(), [])

    # Money

    def test_costs_are_in_the_currency_of_the_company(self):
        for company, cost in ((self.theirs, 60.0), (self.branch, 60.0)):
            line = self.lines[company].with_env(self._env_of(company))
            with self.subTest(company=company.name):
                self.assertEqual(line.mto_currency_id, company.currency_id)
                # Two lamps: an hour of the press, two hours of the bench.
                self.assertEqual(line.mto_estimated_cost, cost)
                structure = line.mto_get_structure()
                self.assertEqual(structure["currency_id"], company.currency_id.id)
                self.assertEqual(structure["cost"], cost)
        self.assertEqual(self.lines[self.theirs].mto_currency_id, self.pound)
        change = self.lines[self.theirs].with_env(self._env_of(self.theirs))
        report = change.mto_preview_change({"product_uom_qty": 3})
        self.assertEqual(report["cost"]["currency"], "GBP")
        self.assertEqual(report["cost"]["work"], 30.0)

    # The branch

    def test_branch_and_its_parent_are_two(self):
        parent, branch = self.users[self.mine], self.users[self.branch]
        for company, user, sees in (
            (self.mine, parent, True),
            (self.branch, branch, True),
            (self.branch, parent, False),
            (self.mine, branch, False),
        ):
            promise = self.lines[company].mto_promise_id
            with self.subTest(company=company.name, user=user.login):
                found = self.env["mto.promise"].with_user(user).search([])
                self.assertEqual(promise in found, sees)
        both = self._env_of(self.mine + self.branch)["mto.promise"].search([])
        for company in (self.mine, self.branch):
            self.assertIn(self.lines[company].mto_promise_id.id, both.ids)
