from datetime import datetime
from itertools import count

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import MtoCase

MONDAY_TO_FRIDAY, EVERY_DAY = range(5), range(7)
DAY_SHIFT = ((8, 12), (13, 17))
NIGHT_SHIFT = ((22, 24), (0, 6))


@tagged("post_install", "-at_install")
class TestWorkingTime(MtoCase):
    """Working time by hand: promised, confirmed, and wanted just in time.

    One operation on a work center of its own, with nothing booked. All dates are UTC,
    as ``"MM-DD HH:MM"`` of 2027; March 1 is a Monday. The user is in New Zealand, the
    company has its own working time, and neither makes a difference.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = count()
        cls.sheet = cls._make_bought("Sheet", on_order=False)
        cls._make_stock(cls.sheet, 1000)
        cls.env.user.tz = cls.salesperson.tz = "Pacific/Auckland"
        cls.env.company.resource_calendar_id.tz = "America/Los_Angeles"

    def _moment(self, text):
        return datetime.strptime(f"2027-{text}", "%Y-%m-%d %H:%M")

    def _make_part(self, center, minutes):
        part = self._make_product(f"Part {next(self.numbers)}")
        self._make_bom(part, [(self.sheet, 1)], [(center, minutes)])
        return part

    def _make_center(self, calendar):
        return self._make_workcenter(f"Center {next(self.numbers)}", calendar)

    def _span(self, line):
        workorder = line.mto_production_ids.workorder_ids
        leave = workorder.leave_id
        self.assertEqual(
            (leave.date_from, leave.date_to),
            (workorder.date_start, workorder.date_finished),
        )
        return workorder.date_start, workorder.date_finished

    def _check(self, center, now, minutes, start, finish):
        """Asked at a moment, so many minutes of work have this span."""
        part = self._make_part(center, minutes)
        span = self._moment(start), self._moment(finish)
        with freeze_time(self._moment(now)):
            for wanted in (False, span[1]):
                order = self._make_order(
                    (part, 1), user=self.salesperson, commitment_date=wanted
                )
                (answer,) = order.mto_compute_promise()
                (step,) = (s for s in answer["steps"] if s["kind"] == "operation")
                self.assertEqual((step["start"], step["finish"]), tuple(map(str, span)))
                self.assertEqual(answer["promise_date"], str(span[1]))
                self.assertTrue(answer["on_request"])
                order.action_confirm()
                self.assertEqual(self._span(order.sudo().order_line), span)
                order.sudo().order_line.mto_production_ids.action_cancel()

    def _check_table(self, calendar, cases):
        """Each case on an empty work center of that working time."""
        for case in cases:
            with self.subTest(case=case):
                self._check(self._make_center(calendar), *case)

    # Closed time

    def test_lunch_night_and_weekend(self):
        self._check_table(
            self._make_calendar(*DAY_SHIFT),
            [
                ("03-01 08:00", 240, "03-01 08:00", "03-01 12:00"),
                ("03-01 08:00", 241, "03-01 08:00", "03-01 13:01"),
                ("03-01 12:15", 60, "03-01 13:00", "03-01 14:00"),
                ("03-01 16:00", 180, "03-01 16:00", "03-02 10:00"),
                ("03-05 16:00", 120, "03-05 16:00", "03-08 09:00"),
                ("03-05 17:00", 120, "03-08 08:00", "03-08 10:00"),
                # 80 hours: two weeks.
                ("03-01 08:00", 4800, "03-01 08:00", "03-12 17:00"),
            ],
        )

    def test_hours_that_are_no_full_ones(self):
        """7:30 to 11:15 and 12:06 to 16:20."""
        self._check_table(
            self._make_calendar((7.5, 11.25), (12.1, 16 + 1 / 3)),
            [
                ("03-01 00:00", 225, "03-01 07:30", "03-01 11:15"),
                ("03-01 00:00", 226, "03-01 07:30", "03-01 12:07"),
                ("03-01 00:00", 479, "03-01 07:30", "03-01 16:20"),
                ("03-01 00:00", 480, "03-01 07:30", "03-02 07:31"),
            ],
        )

    def test_night_shift_is_one_piece_across_midnight(self):
        """From Monday evening to Saturday morning it is open at night."""
        calendar = self._make_calendar((22, 24))
        calendar.attendance_ids = [
            Command.create(
                {
                    "name": "Until six",
                    "dayofweek": str(day),
                    "hour_from": 0,
                    "hour_to": 6,
                }
            )
            for day in range(1, 6)
        ]
        self._check_table(
            calendar,
            [
                ("03-01 08:00", 480, "03-01 22:00", "03-02 06:00"),
                ("03-01 23:00", 120, "03-01 23:00", "03-02 01:00"),
                ("03-02 05:00", 120, "03-02 05:00", "03-02 23:00"),
                ("03-05 22:00", 540, "03-05 22:00", "03-08 23:00"),
            ],
        )

    def test_always_open(self):
        self._check_table(
            self._make_calendar((0, 24), days=EVERY_DAY),
            [
                ("03-01 08:00", 1440, "03-01 08:00", "03-02 08:00"),
                ("03-06 23:45", 10080, "03-06 23:45", "03-13 23:45"),
            ],
        )

    # Time zones

    def test_the_zone_of_the_working_time_counts(self):
        cases = {
            # Nine hours ahead: eight on Tuesday is eleven on Monday night.
            "Asia/Tokyo": ("03-01 08:00", 60, "03-01 23:00", "03-02 00:00"),
            # Five hours behind.
            "America/New_York": ("03-01 08:00", 300, "03-01 13:00", "03-01 19:00"),
            # Five and a half ahead: half past one, until five; half an hour is left.
            "Asia/Kolkata": ("03-01 08:00", 240, "03-01 08:00", "03-02 03:00"),
            # Fourteen ahead: it is Saturday there on Friday at eleven.
            "Pacific/Kiritimati": ("03-05 11:00", 60, "03-07 18:00", "03-07 19:00"),
        }
        for tz, case in cases.items():
            with self.subTest(tz=tz):
                calendar = self._make_calendar(*DAY_SHIFT, tz=tz)
                self._check(self._make_center(calendar), *case)

    def test_the_zone_of_the_resource_does_not(self):
        """As in core's planning."""
        center = self._make_center(self._make_calendar(*DAY_SHIFT))
        center.resource_id.tz = "Asia/Tokyo"
        self._check(center, "03-01 08:00", 60, "03-01 08:00", "03-01 09:00")

    # Daylight saving

    def test_clocks_go_forward(self):
        """In Berlin on Sunday, March 28, at two; in New York a fortnight before."""
        self._check_table(
            self._make_calendar(*DAY_SHIFT, tz="Europe/Berlin"),
            # Four to five on Friday; from eight on Monday, which is six.
            [("03-26 15:00", 120, "03-26 15:00", "03-29 07:00")],
        )
        self._check_table(
            self._make_calendar(*DAY_SHIFT, tz="America/New_York"),
            [("03-12 21:00", 120, "03-12 21:00", "03-15 13:00")],
        )

    def test_the_night_in_which_clocks_go_forward_is_shorter(self):
        """Ten to six are seven hours."""
        self._check_table(
            self._make_calendar(*NIGHT_SHIFT, days=EVERY_DAY, tz="Europe/Berlin"),
            [
                ("03-27 20:00", 420, "03-27 21:00", "03-28 04:00"),
                ("03-27 20:00", 480, "03-27 21:00", "03-28 21:00"),
            ],
        )
        # Opens in the hour that is left out: at half past three.
        self._check_table(
            self._make_calendar((2.5, 6), days=EVERY_DAY, tz="Europe/Berlin"),
            [("03-28 00:00", 60, "03-28 01:30", "03-28 02:30")],
        )

    def test_clocks_go_back(self):
        """On Sunday, October 31, at three; in New York a week later."""
        self._check_table(
            self._make_calendar(*DAY_SHIFT, tz="Europe/Berlin"),
            [("10-29 14:00", 120, "10-29 14:00", "11-01 08:00")],
        )
        self._check_table(
            self._make_calendar(*DAY_SHIFT, tz="America/New_York"),
            [("11-05 20:00", 120, "11-05 20:00", "11-08 14:00")],
        )

    def test_the_night_in_which_clocks_go_back_is_longer(self):
        """Ten to six are nine hours."""
        self._check_table(
            self._make_calendar(*NIGHT_SHIFT, days=EVERY_DAY, tz="Europe/Berlin"),
            [
                ("10-30 19:00", 540, "10-30 20:00", "10-31 05:00"),
                ("10-30 19:00", 600, "10-30 20:00", "10-31 22:00"),
            ],
        )

    # Two weeks

    def test_two_weeks_in_turn(self):
        """Core's first week (1st of March) has a Monday, the second a Friday."""
        first = self.env["resource.calendar.attendance"].get_week_type(
            self._moment("03-01 00:00").date()
        )
        calendar = self.env["resource.calendar"].create(
            {"name": "Two weeks", "tz": "UTC", "two_weeks_calendar": True}
        )
        calendar.attendance_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "name": "Open",
                        "dayofweek": day,
                        "week_type": str(week),
                        "hour_from": 8,
                        "hour_to": 12,
                    }
                )
                for week, day in ((first, "0"), (1 - first, "4"))
            ),
        ]
        self._check_table(
            calendar,
            [
                ("03-01 08:00", 240, "03-01 08:00", "03-01 12:00"),
                ("03-01 08:00", 300, "03-01 08:00", "03-12 09:00"),
                ("03-01 12:00", 60, "03-12 08:00", "03-12 09:00"),
                ("03-12 12:00", 60, "03-15 08:00", "03-15 09:00"),
            ],
        )

    # Time off

    def _take_off(self, start, finish, center=None, company=None, **values):
        company = company or self.env.company
        return (
            self.env["resource.calendar.leaves"]
            .with_company(company)
            .create(
                {
                    "name": "Closed",
                    "resource_id": center.resource_id.id if center else False,
                    "calendar_id": False,
                    "date_from": self._moment(start),
                    "date_to": self._moment(finish),
                    **values,
                }
            )
        )

    def test_time_off_of_the_work_center(self):
        calendar = self._make_calendar(*DAY_SHIFT)
        for times, case in (
            (
                ("03-01 08:00", "03-02 12:00"),
                ("03-01 08:00", 120, "03-02 13:00", "03-02 15:00"),
            ),
            # Work goes on when it is over.
            (
                ("03-02 10:00", "03-04 10:00"),
                ("03-01 16:00", 240, "03-01 16:00", "03-04 11:00"),
            ),
        ):
            with self.subTest(case=case):
                center = self._make_center(calendar)
                self._take_off(*times, center)
                self._check(center, *case)
        other = self._make_center(calendar)
        self._check(other, "03-01 08:00", 120, "03-01 08:00", "03-01 10:00")

    def test_holiday_of_all(self):
        """Of the whole company, or of one working time."""
        calendar = self._make_calendar(*DAY_SHIFT)
        case = ("03-01 08:00", 120, "03-03 08:00", "03-03 10:00")
        for values in ({}, {"calendar_id": calendar.id}):
            with self.subTest(values=values):
                holiday = self._take_off("02-28 00:00", "03-03 00:00", **values)
                self._check(self._make_center(calendar), *case)
                holiday.unlink()

    def test_holiday_of_others(self):
        """Another working time, another company, time that is none off."""
        calendar = self._make_calendar(*DAY_SHIFT)
        company = self.env["res.company"].create({"name": "Other"})
        for of, values in (
            (self.env.company, {"calendar_id": self._make_calendar().id}),
            (company, {}),
            (self.env.company, {"time_type": "other"}),
        ):
            with self.subTest(company=of.name, values=values):
                holiday = self._take_off(
                    "02-28 00:00", "03-03 00:00", company=of, **values
                )
                self.assertEqual(holiday.company_id, of)
                center = self._make_center(calendar)
                self._check(center, "03-01 08:00", 60, "03-01 08:00", "03-01 09:00")
                holiday.unlink()

    # Hours without a place in the day

    def _make_flexible(self, tz="UTC", **values):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Flexible",
                "tz": tz,
                "attendance_ids": [Command.clear()],
                **values,
            }
        )
        calendar.write(
            {
                "schedule_type": "flexible",
                "hours_per_day": 8,
                "full_time_required_hours": 40,
                **values,
            }
        )
        self.assertTrue(calendar.flexible_hours)
        return calendar

    def test_flexible_hours_are_those_of_a_week_from_monday_on(self):
        """Eight hours around noon, until the forty of the week are full.

        Core begins the week on whatever day one asks: asked on Saturday, the work
        center would be open from Saturday to Wednesday.
        """
        self._check_table(
            self._make_flexible(),
            [
                ("03-01 00:00", 480, "03-01 08:00", "03-01 16:00"),
                ("03-03 15:00", 120, "03-03 15:00", "03-04 09:00"),
                ("03-05 15:00", 120, "03-05 15:00", "03-08 09:00"),
                ("03-06 10:00", 120, "03-08 08:00", "03-08 10:00"),
                ("03-07 10:00", 120, "03-08 08:00", "03-08 10:00"),
            ],
        )

    def test_flexible_hours_of_another_zone_and_another_length(self):
        """Ten hours a day and 36 a week: three days, and six hours on Thursday."""
        self._check_table(
            self._make_flexible(
                tz="Asia/Tokyo", hours_per_day=10, full_time_required_hours=36
            ),
            [
                # It is Monday there: seven in the morning.
                ("02-28 22:00", 600, "02-28 22:00", "03-01 08:00"),
                ("03-03 08:00", 360, "03-04 00:00", "03-04 06:00"),
                ("03-04 06:00", 60, "03-07 22:00", "03-07 23:00"),
            ],
        )

    def test_flexible_hours_with_time_off(self):
        center = self._make_center(self._make_flexible())
        self._take_off("03-01 00:00", "03-02 12:00", center)
        self._check(center, "03-01 08:00", 60, "03-02 12:00", "03-02 13:00")

    # No working time

    def test_without_working_time_there_is_no_date(self):
        center = self._make_center(self._make_calendar())
        center.resource_calendar_id = False
        order = self._make_order((self._make_part(center, 60), 1))
        (answer,) = order.mto_compute_promise()
        self.assertFalse(answer["feasible"])
        self.assertEqual(
            answer["constraint"]["text"],
            f"{center.name} has no working hours: set them on the work center.",
        )
        order.action_confirm()
        self.assertEqual(order.order_line.mto_risk, "blocked")
        self.assertFalse(order.order_line.mto_production_ids.workorder_ids.leave_id)

    def test_without_working_time_the_alternative_is_used(self):
        center = self._make_center(self._make_calendar())
        center.alternative_workcenter_ids = self._make_center(self._make_calendar())
        center.resource_calendar_id = False
        self._check(center, "03-01 08:00", 60, "03-01 08:00", "03-01 09:00")

    # What is told

    def test_days_are_those_of_who_asks(self):
        """One on Monday, when the work center opens, is two on Tuesday in Auckland."""
        calendar = self._make_calendar((13, 17))
        part = self._make_part(self._make_center(calendar), 60)
        order = self._make_order((part, 1), user=self.salesperson)
        with freeze_time(self._moment("03-01 08:00")):
            (answer,) = order.mto_compute_promise()
        self.assertIn("closed until March 2", answer["constraint"]["text"])
        order = order.with_context(tz="Europe/Berlin")
        with freeze_time(self._moment("03-01 08:00")):
            (answer,) = order.mto_compute_promise()
        self.assertIn("closed until March 1", answer["constraint"]["text"])
