{#- Vars: what each may be, checked once before anything runs; in SQL they appear only through the macros below. -#}


{#-
  Every var of dbt_project.yml (a convention test compares): its kind, and for numbers the lowest and highest value.
-#}
{% macro var_rules() %}
    {{ return({
        'analysis_date': ['day'],
        'score_date': ['day'],
        'label_window_days': ['whole number', 0, 3650],
        'delivery_date': ['day or empty'],
        'fintrx_lag_days': ['whole number', 0, 3650],
        'aum_base_month': ['day'],
        'moves_window_months': ['whole number', 0, 1200],
        'moves_recent_days_excluded': ['whole number', 0, 36500],
        'dual_registration_days': ['whole number', 0, 3650],
        'firm_net_change_months': ['whole number', 0, 1200],
        'fresh_start_months': ['whole number', 0, 1200],
        'lifer_tenure_months': ['whole number', 0, 1200],
        'earliest_plausible_date': ['day'],
        'calibration_share': ['share'],
        'test_share': ['share'],
        'split_gap_days': ['whole number', 0, 3650],
        'last_build': ['one of compare, ignore'],
        'batch_days': ['whole number', 0, 999999],
        'call_order': ['one of golden_first, score'],
        'prospect_limit': ['whole number', 0, 999999],
        'recontact_days': ['whole number', 0, 36500],
        'familiar_leads': ['whole number', 0, 999999],
        'scoring_engine': ['one of python, sql'],
        'model_version': ['text'],
        'challenger_version': ['text'],
        'model_registry': ['text'],
        'monitored_days': ['whole number', 1, 36500],
        'calibration_tolerance_odds': ['number', 1, 3],
        'task_source': ['one of absent, present'],
        'fintrx_project': ['name'],
        'fintrx_dataset': ['name'],
        'salesforce_project': ['name'],
        'salesforce_dataset': ['name'],
        'forget_dataset': ['name'],
    }) }}
{% endmacro %}


{#- What is wrong with the value of a var, in a few words; empty where nothing is. -#}
{% macro var_problem(name) %}
    {%- set rule, value = var_rules()[name], var(name) | string -%}
    {%- if rule[0] == 'day' and not _is_day(value) -%} {{ return('which is not a day') }}
    {%- elif rule[0] == 'day or empty' and value and not _is_day(value) -%} {{ return('which is neither a day nor empty') }}
    {%- elif rule[0] == 'whole number' and not modules.re.match('^[0-9]{1,6}$', value) -%} {{ return('which is not a whole number, zero or more') }}
    {%- elif rule[0] == 'whole number' and not rule[1] <= value | int <= rule[2] -%} {{ return('which is not between ' ~ rule[1] ~ ' and ' ~ rule[2]) }}
    {%- elif rule[0] == 'number' and not modules.re.match('^[0-9]{1,6}([.][0-9]{1,6})?$', value) -%} {{ return('which is not a number such as 1.25') }}
    {%- elif rule[0] == 'number' and not rule[1] <= value | float <= rule[2] -%} {{ return('which is not between ' ~ rule[1] ~ ' and ' ~ rule[2]) }}
    {%- elif rule[0] == 'share' and not modules.re.match('^0?[.][0-9]{1,6}$', value) -%} {{ return('which is not a share between 0 and 1') }}
    {%- elif rule[0].startswith('one of') and value not in rule[0][7:].split(', ') -%} {{ return('which is not ' ~ rule[0]) }}
    {%- elif rule[0] == 'name' and not modules.re.match('^[A-Za-z0-9_:.-]*$', value) -%} {{ return('which is not the name of a project or dataset') }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}


{#- Whether a text is a day of the calendar, from 1900 to 2999. -#}
{% macro _is_day(value) %}
    {%- set parts = modules.re.match('^(19|2[0-9])([0-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', value) -%}
    {%- if not parts -%} {{ return(false) }} {%- endif -%}
    {%- set year, month, day = (parts[1] ~ parts[2]) | int, parts[3] | int, parts[4] | int -%}
    {%- set first = modules.datetime.date(year, month, 1) -%}
    {{ return((first + modules.datetime.timedelta(days=day - 1)).month == month) }}
{% endmacro %}


{#- Stops the run where a var cannot be used, with all that is wrong at once. -#}
{% macro _refuse_vars(problems) %}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            problems | join('\n') ~ "\n"
            ~ "Why it matters: days, windows and lists follow the vars, so a wrong one changes scores silently. Nothing was built.\n"
            ~ "Where: --vars, or vars in dbt_project.yml, which explains each of them.\n"
            ~ "Fix: give days as YYYY-MM-DD, numbers as digits, shares as 0.2, such as --vars '{score_date: 2025-06-30, batch_days: 90}'."
        ) }}
    {%- endif -%}
{% endmacro %}


{#- Names and values of all vars, and that the model is there, before anything runs. -#}
{% macro check_vars() %}
    {%- if execute and flags.WHICH in ['build', 'run', 'test', 'seed'] -%}
        {%- set problems, rules = [], var_rules() -%}
        {%- set given = invocation_args_dict.get('vars') or {} -%}
        {%- for name in (fromyaml(given) if given is string else given) if name not in rules -%}
            {%- do problems.append("There is no var " ~ name ~ ". Vars are: " ~ rules | sort | join(', ') ~ ".") -%}
        {%- endfor -%}
        {%- for name in rules if var_problem(name) -%}
            {%- do problems.append("The var " ~ name ~ " is '" ~ var(name) ~ "', " ~ var_problem(name) ~ ".") -%}
        {%- endfor -%}
        {%- do _refuse_vars(problems or _model_problems()) -%}
    {%- endif -%}
{% endmacro %}


{#- Where a model that the vars name is missing. Only DuckDB can look into the registry's folder from here. -#}
{% macro _model_problems() %}
    {%- set problems = _missing_model('challenger_version') -%}
    {%- if var('scoring_engine') == 'python' -%} {%- do problems.extend(_missing_model('model_version')) -%} {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{#- What is wrong with the version that a var names: nothing, or that the registry does not hold it. -#}
{% macro _missing_model(name) %}
    {%- set version = var(name) | string -%}
    {%- set registry = var('model_registry') or env_var('LEAD_SCORING_MODELS', '') or 'python_scoring/artifacts' -%}
    {%- if not version or target.type != 'duckdb' or '://' in registry -%} {{ return([]) }} {%- endif -%}
    {%- set found = [] -%}
    {%- for row in run_query("select file from glob('" ~ registry | replace("'", "''") ~ "/*/manifest.json') order by file").rows -%}
        {%- do found.append(row[0].split('/')[-2]) -%}
    {%- endfor -%}
    {%- set is_folder = run_query("select 1 from glob('" ~ version | replace("'", "''") ~ "/manifest.json')").rows -%}
    {%- if version in found or is_folder -%} {{ return([]) }} {%- endif -%}
    {{ return(["The var " ~ name ~ " is '" ~ version ~ "', and the registry " ~ registry ~ " holds no such model. It holds: " ~ (found | join(', ') or 'none') ~ "."]) }}
{% endmacro %}


{#- Days after the newest month delivered up to which a day is plausible: two monthly deliveries late, and a month. -#}
{% macro plausible_days() %} {{ return(92) }} {% endmacro %}


{#-
  A select of the newest month and the first contact that a delivery reaches. One garbage row must not move them: a month
  counts with a tenth of the rows of the largest one, a contact from earliest_plausible_date on.
-#}
{% macro _delivered_reach() %}
    select
        (
            select max(months.month_start_date)
            from (
                select rows_of_months.month_start_date, count(*) as row_count, max(count(*)) over () as largest_count
                from (
                    select {{ month_from_parts('year', 'month') }} as month_start_date from {{ source('fintrx', 'firm_historicals') }}
                ) as rows_of_months
                where rows_of_months.month_start_date is not null
                group by rows_of_months.month_start_date
            ) as months
            where 10 * months.row_count >= months.largest_count
        ) as newest_month,
        (
            select min(cast(stage_entered_contacting__c as date))
            from {{ source('salesforce', 'lead') }}
            where cast(stage_entered_contacting__c as date) >= {{ day_var('earliest_plausible_date') }}
        ) as first_contact
{% endmacro %}


{#-
  analysis_date, score_date and delivery_date against the delivery: not before its first contact, and not more than
  `plausible_days` after the last month that the vendor delivered. And delivery_date against the archive.
-#}
{% macro check_days() %}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- set delivered = run_query(_delivered_reach()).rows[0] -%}
        {%- set problems = [] -%}
        {%- if delivered[0] is not none and delivered[1] is not none -%}
            {%- set newest = (delivered[0].replace(day=28) + modules.datetime.timedelta(days=4)).replace(day=1) -%}
            {%- set last = newest + modules.datetime.timedelta(days=plausible_days() - 1) -%}
            {%- for name in ['analysis_date', 'score_date', 'delivery_date'] if var(name) and not delivered[1] | string <= var(name) | string <= last | string -%}
                {%- do problems.append("The var " ~ name ~ " is '" ~ var(name) ~ "', and the delivery reaches from " ~ delivered[1] ~ " (first contact) to "
                    ~ (newest - modules.datetime.timedelta(days=1)) ~ " (last month of firm_historicals); a day up to " ~ last ~ " is plausible.") -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do _refuse_vars(problems + _archive_problems()) -%}
    {%- endif -%}
{% endmacro %}


{#-
  Where delivery_date does not go on from the archive. A day before the newest archived one would make what came in
  between look older than it is; without a day, what is new in this delivery would have none.
-#}
{% macro _archive_problems() %}
    {%- set archive = adapter.get_relation(database=target.database, schema=target.schema, identifier='registration_arrivals') -%}
    {%- set newest = run_query("select max(first_delivered_date) from " ~ archive).rows[0][0] if archive else none -%}
    {%- if newest is none or var('delivery_date') | string >= newest | string -%} {{ return([]) }} {%- endif -%}
    {{ return(["The var delivery_date is '" ~ var('delivery_date') ~ "', and registration_arrivals holds deliveries up to " ~ newest
        ~ ": it must be the day on which this delivery came, " ~ newest ~ " or later."]) }}
{% endmacro %}


{#- Stops a model whose var is not what the rules say; a unit test may set vars that no run was checked with. -#}
{% macro _usable_var(name) %}
    {%- if execute and var_problem(name) -%} {%- do _refuse_vars(["The var " ~ name ~ " is '" ~ var(name) ~ "', " ~ var_problem(name) ~ "."]) -%} {%- endif -%}
    {{ return(var(name) | string) }}
{% endmacro %}

{#- A var that is a day, as a SQL date. -#}
{% macro day_var(name) -%} cast('{{ _usable_var(name) }}' as date) {%- endmacro %}

{#- Whether the day of this delivery is given. -#}
{% macro is_delivery_dated() -%} {{ return(_usable_var('delivery_date') != '') }} {%- endmacro %}

{#- The day of this delivery, as a SQL date; null where it is not given. -#}
{% macro delivery_day() -%} {{ day_var('delivery_date') if is_delivery_dated() else 'cast(null as date)' }} {%- endmacro %}

{#- A var that is a whole number, zero or more. -#}
{% macro whole_number_var(name) -%} {{ _usable_var(name) }} {%- endmacro %}

{#- A var that is a share between 0 and 1, as an exact number: BigQuery's 1 - 0.2 - 0.2 would be a little above 0.6. -#}
{% macro share_var(name) -%} cast('{{ _usable_var(name) }}' as {{ dbt.type_numeric() }}) {%- endmacro %}


{#- Whether the golden cohort is called before everybody else, by the var call_order. -#}
{% macro golden_first() -%} {{ return(var('call_order') == 'golden_first') }} {%- endmacro %}


{#- A var that is a number, as a floating point number in Jinja. -#}
{% macro number_var(name) -%} {{ return(_usable_var(name) | float) }} {%- endmacro %}
