"""Terms of the sample: participants, objectives, programs, activities, and the other elements of the statute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from partnerships.models import (
    Activity,
    DataPlan,
    Government,
    Mechanism,
    Milestone,
    Objective,
    Participant,
    Partnership,
    Program,
    Responsibility,
    SustainabilityStrategy,
)
from partnerships.sample.office import Office
from partnerships.sustainability.services import add_entry
from partnerships.terms.services import add_term, set_amounts

JUSTICE, SOCIAL, INTERIOR = (
    "Sample Ministry of Justice",
    "Sample Ministry of Social Affairs",
    "Sample Ministry of Interior",
)
TIP_OFFICE = "Department of State, Office to Monitor and Combat Trafficking in Persons"
EMBASSY = "U.S. Embassy in Sample Country"
PARTICIPANTS = (
    (Government.UNITED_STATES, TIP_OFFICE, True),
    (Government.UNITED_STATES, EMBASSY, False),
    (Government.PARTNER, JUSTICE, True),
    (Government.PARTNER, SOCIAL, False),
    (Government.PARTNER, INTERIOR, False),
)
OBJECTIVES = (
    (1, "Stronger justice for children", "prosecution", "justice",
     "Police, prosecutors, and courts handle cases of child trafficking from one procedure.",
     "More traffickers of children are convicted, and no child testifies twice."),
    (2, "Better care", "protection", "protection",
     "Centers, social workers, and the hotline refer children to care and follow them up.",
     "Children are referred within 72 hours and stay in care for as long as they need it."),
    (3, "Safer communities", "prevention", "prevention",
     "Committees in the focus regions know the risks and whom to call.",
     "Committees work from a yearly plan and a budget of their own."),
)  # fmt: skip
PROGRAMS = (
    # title, description, dollars of the United States at signature, value of the partner's part
    ("Justice for children", "Training, interview rooms, and specialized courts", "1500000.00", "300000.00"),
    ("Care and referral", "Centers, case work, and the hotline", "2100000.00", "600000.00"),
    ("Communities", "Committees in three regions", "100000.00", "150000.00"),
    ("Prevalence study", "A survey of households at the start and near the end", "500000.00", "20000.00"),
)
RESPONSIBILITIES = (
    (TIP_OFFICE, 1, "Funds training and interview rooms through awards", None, "under_way", ""),
    (EMBASSY, None, "Meets the ministries every quarter", None, "under_way", "Notes of the meetings"),
    (
        JUSTICE,
        1,
        "Names two prosecutors for child cases in each region",
        date(2024, 12, 31),
        "done",
        "Sample decree 14",
    ),
    (JUSTICE, 1, "Opens eight interview rooms in police stations", date(2026, 9, 30), "under_way", ""),
    (SOCIAL, 2, "Pays the staff of the centers from its own budget", date(2026, 6, 30), "planned", ""),
    (SOCIAL, 2, "Gives the hotline a second line", date(2027, 1, 31), "planned", ""),
    (INTERIOR, 3, "Sends an officer to each committee", date(2025, 6, 30), "done", "Sample order 7"),
)
ACTIVITIES = (
    # objective, program, title, implementer, planned, actual, status, milestones
    (1, 0, "Train officers to identify child victims", "Sample Justice Institute",
     (date(2024, 5, 1), date(2027, 6, 30)), (date(2024, 5, 20), None), "under_way",
     (("Curriculum approved", date(2024, 8, 31), date(2024, 9, 12)),
      ("Half of the officers trained", date(2025, 12, 31), date(2025, 11, 28)))),
    (1, 0, "Open interview rooms in police stations", "Sample Justice Institute",
     (date(2024, 9, 1), date(2026, 9, 30)), (date(2024, 11, 4), None), "under_way",
     (("First four rooms in use", date(2025, 9, 30), date(2026, 5, 18)),
      ("All eight rooms in use", date(2026, 9, 30), None))),
    (2, 1, "Case work in four centers", "Sample Child Care Network",
     (date(2024, 5, 1), date(2028, 1, 31)), (date(2024, 5, 1), None), "under_way",
     (("One register for all centers", date(2026, 6, 30), None),)),
    (2, 1, "Standard procedure for referral", "Sample Child Care Network",
     (date(2024, 10, 1), date(2025, 9, 30)), (date(2024, 10, 1), date(2025, 10, 20)), "done",
     (("Procedure signed by three ministries", date(2025, 6, 30), date(2025, 7, 9)),)),
    (3, 2, "Start committees in the focus regions", "Sample Child Care Network",
     (date(2025, 1, 15), date(2027, 9, 30)), (date(2025, 1, 15), None), "under_way",
     (("Ten committees at work", date(2026, 3, 31), date(2026, 3, 10)),
      ("Budget lines in all three regions", date(2026, 11, 15), None))),
    (3, 3, "First survey of households", "Sample Survey Center",
     (date(2024, 6, 3), date(2025, 12, 31)), (date(2024, 6, 3), date(2025, 12, 12)), "done",
     (("Report handed over", date(2025, 11, 30), date(2025, 12, 12)),)),
    (3, 3, "Second survey of households", "",
     (date(2027, 3, 1), date(2027, 9, 30)), (None, None), "planned", ()),
)  # fmt: skip
MECHANISMS = (
    ("implementation", "Joint technical committee", "Both leads agree on the work of the quarter", "quarterly"),
    (
        "oversight",
        "Yearly dialogue",
        "Both governments discuss key indicators, contributions, and what stays",
        "annual",
    ),
    (
        "oversight",
        "Site visits of the office and the embassy",
        "Two visits a year; findings have an owner",
        "semiannual",
    ),
)


def fill_terms(office: Office, draft: Partnership) -> list[Program]:
    """Add all terms to the draft, and return its programs."""
    people = {
        name: add_term(
            term=Participant(partnership=draft, government=side, name=name, is_lead=leads), actor=office.drafter
        )
        for side, name, leads in PARTICIPANTS
    }
    goals = {
        number: add_term(
            term=Objective(
                partnership=draft, number=number, title=title, paradigm=paradigm, system=system, text=text,
                outcome=outcome,
            ),
            actor=office.drafter,
        )
        for number, title, paradigm, system, text, outcome in OBJECTIVES
    }  # fmt: skip
    programs = _programs(office, draft)
    for name, number, text, due_on, status, evidence in RESPONSIBILITIES:
        responsibility = Responsibility(
            partnership=draft, participant=people[name], objective=goals.get(number or 0), text=text, due_on=due_on,
            status=status, evidence=evidence,
        )  # fmt: skip
        add_term(term=responsibility, actor=office.drafter)
    _activities(office, draft, goals, programs)
    _elements(office, draft)
    return programs


def _programs(office: Office, draft: Partnership) -> list[Program]:
    programs = [
        add_term(term=Program(partnership=draft, title=title, description=text), actor=office.drafter)
        for title, text, _, _ in PROGRAMS
    ]
    amounts = [
        (program, side, Decimal(amount))
        for program, (_, _, *both) in zip(programs, PROGRAMS, strict=True)
        for side, amount in zip((Government.UNITED_STATES, Government.PARTNER), both, strict=True)
    ]
    set_amounts(partnership=draft, amounts=amounts, actor=office.drafter)
    return programs


def _activities(office: Office, draft: Partnership, goals: Mapping[int, Objective], programs: list[Program]) -> None:
    for number, program, title, implementer, planned, actual, status, milestones in ACTIVITIES:
        activity = add_term(
            term=Activity(
                partnership=draft, objective=goals[number], program=programs[program], title=title,
                implementer=implementer, planned_start=planned[0], planned_end=planned[1], actual_start=actual[0],
                actual_end=actual[1], status=status,
            ),
            actor=office.drafter,
        )  # fmt: skip
        for name, planned_on, reached_on in milestones:
            milestone = Milestone(activity=activity, title=name, planned_on=planned_on, reached_on=reached_on)
            add_term(term=milestone, actor=office.drafter)


def _elements(office: Office, draft: Partnership) -> None:
    for kind, body, procedure, frequency in MECHANISMS:
        add_term(
            term=Mechanism(partnership=draft, kind=kind, body=body, procedure=procedure, frequency=frequency),
            actor=office.drafter,
        )
    data_plan = DataPlan(
        partnership=draft,
        what="Numbers of cases, referrals, and services by region, sex, and age; nothing about a single child",
        institution=SOCIAL,
        system="Sample case register",
        safeguards="Access by role; totals under five are not passed on",
        use="Case management in the centers, and planning of both ministries",
    )
    add_term(term=data_plan, actor=office.drafter)
    strategy = SustainabilityStrategy(
        partnership=draft,
        institution=SOCIAL,
        approach="Drafted with the regions and the centers; each measure has an owner and a line in a budget",
        due_on=date(2026, 12, 31),
    )
    add_entry(entry=strategy, actor=office.drafter)
