"""SQL functions that the triggers of this app call, and the extension that its exclusion constraints need.

They come before the tables, so that `0001_initial` can be generated again. Their bodies name tables that are not there
yet, which is why PostgreSQL does not check them here; tests/platform/test_migrations.py does.
"""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

FUNCTIONS = r"""
SET LOCAL check_function_bodies = off;

CREATE FUNCTION cpc_refuse(code text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = code, MESSAGE = message;
END $$;

CREATE FUNCTION cpc_today() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT (now() AT TIME ZONE 'UTC')::date
$$;

CREATE FUNCTION cpc_months_needed(first date, last date) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    months int;
BEGIN
    months := (extract(year FROM last)::int - extract(year FROM first)::int) * 12
        + extract(month FROM last)::int - extract(month FROM first)::int;
    IF (first + make_interval(0, months))::date < last THEN
        months := months + 1;
    END IF;
    RETURN greatest(months, 0);
END $$;

CREATE FUNCTION cpc_may_approve(account bigint, roles text[]) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = account AND u.is_active AND u.role = ANY (roles));
END $$;

CREATE FUNCTION cpc_status(partnership bigint, OUT status text, OUT status_as_of date, OUT signed_on date,
    OUT ended_on date) LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.to_status, c.effective_on INTO status, status_as_of FROM partnerships_statuschange c
        WHERE c.partnership_id = partnership ORDER BY c.id DESC LIMIT 1;
    status := coalesce(status, 'selected');
    SELECT min(c.effective_on) FILTER (WHERE c.transition = 'sign'),
           max(c.effective_on) FILTER (WHERE c.transition IN ('complete', 'terminate'))
        INTO signed_on, ended_on FROM partnerships_statuschange c WHERE c.partnership_id = partnership;
END $$;

-- The current finding of the Legal Adviser on the instrument: the newest one since the last material change.
CREATE FUNCTION cpc_legal_finding(partnership bigint, OUT result text, OUT found_on date) LANGUAGE plpgsql AS $$
BEGIN
    SELECT l.result, l.found_on INTO result, found_on
        FROM partnerships_legalfinding l JOIN partnerships_textversion t ON t.id = l.version_id
        WHERE t.partnership_id = partnership AND t.amendment_id IS NULL AND t.number >= (
            SELECT max(m.number) FROM partnerships_textversion m
            WHERE m.partnership_id = partnership AND m.amendment_id IS NULL AND m.is_material)
        ORDER BY t.number DESC, l.id DESC LIMIT 1;
    result := coalesce(result, 'not_reviewed');
END $$;

-- The terms that changed since a version of a text was sent: for the instrument, the terms of the partnership; for an
-- amendment, the changes that it proposes. Statuses, results, and notes aren't terms. `was` is null for a row that was
-- added, `is_now` for one that was removed or withdrawn. Pledged contributions have no history, so the time at which
-- each was recorded decides.
CREATE FUNCTION cpc_terms_changed(text_version bigint) RETURNS TABLE (term_table text, term text, was jsonb, is_now jsonb)
LANGUAGE sql STABLE AS $$
    WITH sent AS (
        SELECT t.partnership_id, t.amendment_id, t.at, (SELECT min(h.id) FROM partnerships_history h
            WHERE h.row_table = 'partnerships_textversion' AND h.row_id = t.id) AS entry
        FROM partnerships_textversion t WHERE t.id = text_version),
    terms (term_table, names) AS (VALUES
        ('partnerships_partnership',
            '{title,starts_on,ends_on,focus_regions,forms,other_forms,coordination_body}'::text[]),
        ('partnerships_participant', '{government,name,is_lead}'),
        ('partnerships_objective', '{number,title,text,paradigm,system,outcome}'),
        ('partnerships_responsibility', '{participant_id,objective_id,text,due_on}'),
        ('partnerships_program', '{title,description}'),
        ('partnerships_programamount', '{program_id,government,amount}'),
        ('partnerships_activity', '{objective_id,program_id,title,planned_start,planned_end}'),
        ('partnerships_milestone', '{activity_id,title,planned_on}'),
        ('partnerships_mechanism', '{kind,body,procedure,frequency}'),
        ('partnerships_dataplan', '{what,institution,system,safeguards,use}'),
        ('partnerships_outcomeindicator', '{objective_id,title,definition,level,measure,unit,direction,accumulation}'),
        ('partnerships_target', '{indicator_id,fiscal_year,value}'),
        ('partnerships_sustainabilitystrategy', '{institution,approach,due_on}'),
        ('partnerships_amendmentchange', '{action,row_table,row_id,column,new}')),
    touched AS (
        SELECT DISTINCT h.row_table FROM partnerships_history h JOIN sent s ON h.partnership_id = s.partnership_id
        WHERE h.at >= s.at AND h.id > s.entry
        AND (h.row_table = 'partnerships_amendmentchange') = (s.amendment_id IS NOT NULL)),
    written AS (
        SELECT h.id, h.id > s.entry AS is_later, h.row_table, CASE h.row_table
            WHEN 'partnerships_programamount'
                THEN (h.row_state->>'program_id') || ' ' || (h.row_state->>'government')
            WHEN 'partnerships_target'
                THEN (h.row_state->>'indicator_id') || ' ' || coalesce(h.row_state->>'fiscal_year', '')
            WHEN 'partnerships_amendmentchange' THEN (h.row_state->>'row_table') || ' '
                || coalesce(h.row_state->>'row_id', h.row_state->>'new') || ' ' || (h.row_state->>'column')
            ELSE h.row_id::text END AS term,
            CASE WHEN h.operation = 'delete' OR h.row_state->>'withdrawn' = 'true' THEN NULL
                ELSE (SELECT jsonb_object_agg(n, h.row_state->n) FROM unnest(m.names) n) END AS says
        FROM partnerships_history h JOIN sent s ON h.partnership_id = s.partnership_id
        JOIN touched USING (row_table) JOIN terms m ON m.term_table = h.row_table
        WHERE s.amendment_id IS NULL OR (h.row_state->>'amendment_id')::bigint = s.amendment_id),
    compared AS (
        SELECT w.row_table AS term_table, w.term,
            (array_agg(w.says ORDER BY w.id DESC) FILTER (WHERE NOT w.is_later))[1] AS was,
            (array_agg(w.says ORDER BY w.id DESC))[1] AS is_now
        FROM written w GROUP BY w.row_table, w.term
        UNION ALL
        SELECT 'partnerships_contribution', c.id::text, o.says, n.says
        FROM sent s JOIN partnerships_contribution c ON c.partnership_id = s.partnership_id AND c.at > s.at
        LEFT JOIN partnerships_contribution r ON r.id = c.replaces_id
        LEFT JOIN LATERAL (SELECT jsonb_build_object('government', c.government, 'kind', c.kind, 'fiscal_year',
            c.fiscal_year, 'program_id', c.program_id, 'description', c.description, 'amount_usd', c.amount_usd) AS says
            WHERE c.stage = 'pledged') n ON TRUE
        LEFT JOIN LATERAL (SELECT jsonb_build_object('government', r.government, 'kind', r.kind, 'fiscal_year',
            r.fiscal_year, 'program_id', r.program_id, 'description', r.description, 'amount_usd', r.amount_usd) AS says
            WHERE r.stage = 'pledged') o ON TRUE
        WHERE s.amendment_id IS NULL)
    SELECT * FROM compared c WHERE c.was IS DISTINCT FROM c.is_now ORDER BY c.term_table, c.term
$$;

-- The first thing that stops the signature of a text, or null, as `partnerships.clearing.clearance_findings` has it: a
-- test holds the two together.
CREATE FUNCTION cpc_clearance_stop(partnership bigint, amended bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    newest partnerships_textversion%ROWTYPE;
    base int;
    stop text;
BEGIN
    SELECT * INTO newest FROM partnerships_textversion t
        WHERE t.partnership_id = partnership AND t.amendment_id IS NOT DISTINCT FROM amended
        ORDER BY t.number DESC LIMIT 1;
    IF newest.id IS NULL THEN RETURN 'clearance_text'; END IF;
    SELECT max(t.number) INTO base FROM partnerships_textversion t
        WHERE t.partnership_id = partnership AND t.amendment_id IS NOT DISTINCT FROM amended AND t.is_material;
    IF EXISTS (SELECT 1 FROM (VALUES ('English'), (newest.second_language)) AS needed (language)
        WHERE needed.language <> '' AND NOT EXISTS (SELECT 1 FROM partnerships_textfile f
            WHERE f.version_id = newest.id AND f.language = needed.language)) THEN
        RETURN 'clearance_language';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM partnerships_legalfinding l JOIN partnerships_textversion t ON t.id = l.version_id
        WHERE t.partnership_id = partnership AND t.amendment_id IS NOT DISTINCT FROM amended AND t.number >= base) THEN
        RETURN 'legal_review';
    END IF;
    WITH texts AS (
        SELECT t.id, t.number FROM partnerships_textversion t
        WHERE t.partnership_id = partnership AND t.amendment_id IS NOT DISTINCT FROM amended),
    requests AS (
        SELECT DISTINCT ON (r.agency_id) r.agency_id, t.number, r.role
        FROM partnerships_clearancerequest r JOIN texts t ON t.id = r.version_id WHERE r.removed_on IS NULL
        ORDER BY r.agency_id, t.number DESC),
    answers AS (
        SELECT DISTINCT ON (a.agency_id) a.agency_id, t.number, a.kind
        FROM partnerships_clearanceanswer a JOIN texts t ON t.id = a.version_id WHERE NOT a.after_signature
        ORDER BY a.agency_id, t.number DESC, a.id DESC),
    codes AS (
        SELECT CASE WHEN n.number >= q.number AND n.kind <> 'extension' AND (n.number >= base OR n.kind = 'no_equities')
                THEN CASE WHEN n.kind = 'does_not_clear' THEN 'does_not_clear' END
            WHEN g.successor_id IN (SELECT o.agency_id FROM requests o WHERE o.role = 'clear')
                THEN NULL
            WHEN EXISTS (SELECT 1 FROM partnerships_silence s JOIN texts t ON t.id = s.version_id
                WHERE s.agency_id = q.agency_id AND s.decision = 'consented' AND t.number >= base) THEN NULL
            ELSE 'clearance_silence' END AS code
        FROM requests q JOIN accounts_agency g ON g.id = q.agency_id
        LEFT JOIN answers n ON n.agency_id = q.agency_id WHERE q.role = 'clear')
    SELECT CASE WHEN count(*) = 0 THEN 'clearance_not_asked' ELSE min(s.code) END INTO stop FROM codes s;
    -- Of the two codes, the alphabet puts silence first; Python reports every office, so only whether one is there
    -- has to agree.
    IF stop IS NULL AND EXISTS (SELECT 1 FROM cpc_terms_changed(newest.id)) THEN RETURN 'terms_changed'; END IF;
    RETURN stop;
END $$;

CREATE FUNCTION cpc_totals(partnership bigint, OUT planned numeric, OUT notified numeric, OUT awarded numeric,
    OUT obligated numeric, OUT disbursed numeric) LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(sum(t.amount), 0) INTO planned FROM (
        SELECT DISTINCT ON (a.program_id) a.amount FROM partnerships_programamount a
        JOIN partnerships_program g ON g.id = a.program_id
        WHERE g.partnership_id = partnership AND NOT g.withdrawn AND a.government = 'us'
        ORDER BY a.program_id, a.id DESC) t;
    SELECT coalesce(sum(n.amount), 0) INTO notified FROM partnerships_congressionalnotification n
        WHERE n.partnership_id = partnership AND NOT EXISTS (
            SELECT 1 FROM partnerships_congressionalnotification r WHERE r.replaces_id = n.id);
    SELECT coalesce(sum(w.awarded_total), 0), coalesce(sum(w.obligated_total), 0), coalesce(sum(w.disbursed_total), 0)
        INTO awarded, obligated, disbursed FROM partnerships_award w WHERE w.partnership_id = partnership;
END $$;

CREATE FUNCTION cpc_limits(partnership bigint, signed date, snapshot bigint, day date, OUT policy_id bigint,
    OUT term_months int, OUT funding numeric) LANGUAGE plpgsql AS $$
DECLARE
    longest int;
    largest numeric;
BEGIN
    SELECT p.id, p.term_months, p.funding INTO policy_id, term_months, funding
        FROM partnerships_limitpolicy p JOIN partnerships_limitpolicyapproval a ON a.policy_id = p.id
        WHERE CASE WHEN snapshot IS NULL THEN p.effective_from <= coalesce(signed, day) ELSE p.id = snapshot END
        ORDER BY p.effective_from DESC LIMIT 1;
    IF policy_id IS NULL THEN
        PERFORM cpc_refuse('no_policy', 'No approved policy sets the limits for ' || coalesce(signed, day) || '.');
    END IF;
    SELECT max(e.term_months), max(e.funding) INTO longest, largest
        FROM partnerships_limitexception e JOIN partnerships_limitexceptiongrant g ON g.exception_id = e.id
        WHERE e.partnership_id = partnership
        AND (e.kind = 'documented_practice' OR e.expires_on >= day);
    term_months := greatest(term_months, longest);
    funding := greatest(funding, largest);
END $$;

CREATE FUNCTION cpc_may_obligate(partnership bigint, day date) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    notified numeric;
    exempt numeric;
BEGIN
    -- As `partnerships.ledger_days.counted` has it: a test holds the two together.
    WITH RECURSIVE chain AS (
        SELECT n.id, CASE WHEN n.sent_on + 15 <= day THEN n.amount ELSE 0 END AS counted
            FROM partnerships_congressionalnotification n
            WHERE n.partnership_id = partnership AND n.replaces_id IS NULL
        UNION ALL
        SELECT r.id, CASE WHEN r.sent_on + 15 <= day THEN r.amount WHEN r.sent_on > day THEN c.counted
                ELSE least(r.amount, c.counted) END
            FROM chain c JOIN partnerships_congressionalnotification r ON r.replaces_id = c.id)
    SELECT coalesce(sum(c.counted), 0) INTO notified FROM chain c WHERE NOT EXISTS (
        SELECT 1 FROM partnerships_congressionalnotification r WHERE r.replaces_id = c.id);
    SELECT coalesce(sum(x.amount), 0) INTO exempt FROM partnerships_notificationexemption x
        WHERE x.partnership_id = partnership AND x.from_on <= day;
    RETURN notified + exempt;
END $$;

-- The sums of an award at the end of each day of its ledger.
CREATE FUNCTION cpc_ledger_days(award bigint) RETURNS TABLE (day date, awarded numeric, obligated numeric,
    disbursed numeric) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT l."on",
        sum(CASE l.kind WHEN 'award' THEN l.amount WHEN 'reduction' THEN -l.amount ELSE 0 END) OVER days,
        sum(CASE WHEN l.kind IN ('obligation', 'adjustment') THEN l.amount
            WHEN l.kind = 'deobligation' THEN -l.amount ELSE 0 END) OVER days,
        sum(CASE l.kind WHEN 'disbursement' THEN l.amount WHEN 'refund' THEN -l.amount ELSE 0 END) OVER days
    FROM partnerships_ledgerentry l WHERE l.award_id = award WINDOW days AS (ORDER BY l."on")
$$;

-- The first day on which the sums of an award are impossible, or null.
CREATE FUNCTION cpc_ledger_breach(award bigint) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT min(d.day) FROM cpc_ledger_days(award) d
    WHERE d.obligated > d.awarded OR d.disbursed > d.obligated OR d.disbursed < 0
$$;

-- The first day from `since` on at whose end more is obligated than may be, or null.
CREATE FUNCTION cpc_over_notified(partnership bigint, since date) RETURNS date LANGUAGE sql STABLE AS $$
    WITH moves AS (
        SELECT l."on", sum(CASE l.kind WHEN 'deobligation' THEN -l.amount ELSE l.amount END) AS amount
        FROM partnerships_ledgerentry l JOIN partnerships_award a ON a.id = l.award_id
        WHERE a.partnership_id = partnership AND l.kind IN ('obligation', 'adjustment', 'deobligation') GROUP BY 1),
    days AS (
        SELECT m."on" AS day FROM moves m WHERE m."on" >= since
        UNION SELECT n.sent_on FROM partnerships_congressionalnotification n
            WHERE n.partnership_id = partnership AND n.sent_on >= since
        UNION SELECT since)
    SELECT min(d.day) FROM days d
    WHERE (SELECT sum(m.amount) FROM moves m WHERE m."on" <= d.day) > cpc_may_obligate(partnership, d.day)
$$;

-- What each notification in effect counts on a day, and the fund that it names, as
-- `partnerships.ledger_days.counted_funds` has it: a test holds the two together.
CREATE FUNCTION cpc_notified_funds(partnership bigint, day date) RETURNS TABLE (fund bigint, counted numeric)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT n.id, n.fund_id AS fund, CASE WHEN n.sent_on + 15 <= day THEN n.amount ELSE 0 END AS counted
            FROM partnerships_congressionalnotification n
            WHERE n.partnership_id = partnership AND n.replaces_id IS NULL
        UNION ALL
        SELECT r.id, CASE WHEN r.sent_on > day THEN c.fund ELSE r.fund_id END,
            CASE WHEN r.sent_on + 15 <= day THEN r.amount WHEN r.sent_on > day THEN c.counted
                WHEN c.fund IS NOT NULL AND c.fund IS DISTINCT FROM r.fund_id THEN 0
                ELSE least(r.amount, c.counted) END
            FROM chain c JOIN partnerships_congressionalnotification r ON r.replaces_id = c.id)
    SELECT c.fund, c.counted FROM chain c WHERE NOT EXISTS (
        SELECT 1 FROM partnerships_congressionalnotification r WHERE r.replaces_id = c.id)
$$;

-- The first day from `since` on at whose end more is obligated from a fund than was notified from it, or from no fund
-- by name, or is exempt; or null.
CREATE FUNCTION cpc_over_notified_fund(partnership bigint, since date) RETURNS date LANGUAGE sql STABLE AS $$
    WITH moves AS (
        SELECT l.fund_id, l."on", sum(CASE l.kind WHEN 'deobligation' THEN -l.amount ELSE l.amount END) AS amount
        FROM partnerships_ledgerentry l JOIN partnerships_award a ON a.id = l.award_id
        WHERE a.partnership_id = partnership AND l.fund_id IS NOT NULL
            AND l.kind IN ('obligation', 'adjustment', 'deobligation') GROUP BY 1, 2),
    days AS (
        SELECT m."on" AS day FROM moves m WHERE m."on" >= since
        UNION SELECT n.sent_on FROM partnerships_congressionalnotification n
            WHERE n.partnership_id = partnership AND n.sent_on >= since
        UNION SELECT since)
    SELECT min(d.day) FROM days d CROSS JOIN (SELECT DISTINCT m.fund_id FROM moves m) f
    WHERE (SELECT sum(m.amount) FROM moves m WHERE m.fund_id = f.fund_id AND m."on" <= d.day)
        > coalesce((SELECT sum(n.counted) FROM cpc_notified_funds(partnership, d.day) n
            WHERE n.fund IS NULL OR n.fund = f.fund_id), 0)
        + coalesce((SELECT sum(x.amount) FROM partnerships_notificationexemption x
            WHERE x.partnership_id = partnership AND x.from_on <= d.day), 0)
$$;

-- The first day at whose end more is disbursed from a fund than is obligated from it in an award, or null.
CREATE FUNCTION cpc_fund_breach(award bigint) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT min(d.day) FROM (
        SELECT l."on" AS day,
            sum(CASE WHEN l.kind IN ('obligation', 'adjustment') THEN l.amount
                WHEN l.kind = 'deobligation' THEN -l.amount ELSE 0 END) OVER days AS obligated,
            sum(CASE l.kind WHEN 'disbursement' THEN l.amount WHEN 'refund' THEN -l.amount ELSE 0 END) OVER days
                AS disbursed
        FROM partnerships_ledgerentry l WHERE l.award_id = award AND l.fund_id IS NOT NULL
        WINDOW days AS (PARTITION BY l.fund_id ORDER BY l."on")) d
    WHERE d.disbursed > d.obligated OR d.disbursed < 0
$$;

CREATE FUNCTION cpc_row_says(row_state jsonb, said jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT NOT EXISTS (SELECT 1 FROM jsonb_each(said) s
        WHERE row_state->>s.key IS DISTINCT FROM s.value #>> '{}')
$$;

CREATE FUNCTION cpc_amendment_adds(partnership bigint, named text, row_state jsonb, needed text[]) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM partnerships_amendment m JOIN partnerships_amendmentchange c ON c.amendment_id = m.id
        WHERE m.partnership_id = partnership AND m.state = 'applied'
        AND m.applied_in = pg_current_xact_id()::text::bigint
        AND c.action = 'add' AND c.row_table = named AND c.new ?& needed AND cpc_row_says(row_state, c.new));
END $$;

CREATE FUNCTION cpc_amendment_sets(partnership bigint, named text, row_key bigint, named_column text, value jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM partnerships_amendment m JOIN partnerships_amendmentchange c ON c.amendment_id = m.id
        WHERE m.partnership_id = partnership AND m.state = 'applied'
        AND m.applied_in = pg_current_xact_id()::text::bigint
        AND c.action = 'set' AND c.row_table = named AND c.row_id = row_key AND c."column" = named_column
        AND c.new #>> '{}' IS NOT DISTINCT FROM value #>> '{}');
END $$;

CREATE FUNCTION cpc_change_in_effect(named text, row_key bigint, action text, named_column text, said jsonb)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    holds boolean;
BEGIN
    IF action = 'add' THEN
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I t WHERE cpc_row_says(to_jsonb(t), $1))', named)
            INTO holds USING said;
    ELSE
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I t WHERE t.id = $1 AND to_jsonb(t)->>$2 IS NOT DISTINCT FROM $3)',
            named) INTO holds USING row_key, named_column, said #>> '{}';
    END IF;
    RETURN holds;
END $$;

-- The rule of the pool, as `selection.lookups.model_versions.why_no_candidate` has it: a test holds the two together.
CREATE FUNCTION cpc_may_partner(place bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    country indicators_country%ROWTYPE;
    rules jsonb;
    newest smallint;
BEGIN
    SELECT * INTO country FROM indicators_country c WHERE c.id = place;
    SELECT m."table" INTO rules FROM selection_scoringmodel m WHERE m.key = 'cpc-default' AND m.state = 'published';
    rules := coalesce(rules, '{"not_candidates": {"USA": ""}, "listing": {"indicator": "tip.tier"}}');
    IF country.code = 'USA' OR country.kind <> 'state' OR rules->'not_candidates' ? country.code THEN
        RETURN FALSE;
    END IF;
    SELECT min(y.year) INTO newest FROM (
        SELECT DISTINCT o.year FROM indicators_observation o JOIN indicators_indicator i ON i.id = o.indicator_id
        WHERE i.code = rules#>>'{listing,indicator}' AND o.valid_to IS NULL ORDER BY o.year DESC LIMIT 3) y;
    RETURN newest IS NULL OR EXISTS (
        SELECT 1 FROM indicators_observation o JOIN indicators_indicator i ON i.id = o.indicator_id
        WHERE i.code = rules#>>'{listing,indicator}' AND o.country_id = place AND o.valid_to IS NULL
        AND o.year >= newest);
END $$;

CREATE FUNCTION cpc_is_loading(load bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM partnerships_documentedload l WHERE l.id = load AND l.closed_at IS NULL
        AND l.opened_in = pg_current_xact_id()::text::bigint);
END $$;

CREATE FUNCTION cpc_leave_documented(partnership bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM partnerships_partnership p
               WHERE p.id = partnership AND p.kind = 'documented' AND NOT cpc_is_loading(p.load_id)) THEN
        PERFORM cpc_refuse('documented_record',
            'This partnership is known from public statements alone. Its record stays as it was loaded.');
    END IF;
END $$;
"""

DROP = """
DROP FUNCTION IF EXISTS cpc_amendment_adds,
    cpc_amendment_sets,
    cpc_change_in_effect,
    cpc_clearance_stop,
    cpc_fund_breach,
    cpc_is_loading,
    cpc_leave_documented,
    cpc_ledger_breach,
    cpc_ledger_days,
    cpc_legal_finding,
    cpc_limits,
    cpc_may_approve,
    cpc_may_obligate,
    cpc_may_partner,
    cpc_months_needed,
    cpc_notified_funds,
    cpc_over_notified,
    cpc_over_notified_fund,
    cpc_refuse,
    cpc_row_says,
    cpc_status,
    cpc_terms_changed,
    cpc_today,
    cpc_totals;
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [BtreeGistExtension(), migrations.RunSQL(FUNCTIONS, DROP)]
