"""Knows how the actions on outside customers are called in the trail; must not know who does them."""

from qms.rules.words import Words

CUSTOMERS: dict[str, Words] = {
    "customers.register": Words("Customer registered", "登记顾客"),
    "customers.edit": Words("Customer edited", "编辑顾客"),
    "customers.set_rule": Words("Rule of the grades set", "设定评级规则"),
    "customers.grade": Words("Customer graded", "顾客评级"),
    "customers.override": Words("Grade given against the rule", "人工调整等级"),
    "customers.add_plant": Words("Plant of a customer added", "新增顾客工厂"),
    "customers.edit_plant": Words("Plant of a customer edited", "编辑顾客工厂"),
    "customers.add_contact": Words("Contact added", "新增联系人"),
    "customers.edit_contact": Words("Contact edited", "编辑联系人"),
    "customers.add_target": Words("Target added", "新增目标值"),
    "customers.edit_target": Words("Target edited", "编辑目标值"),
    "customers.add_requirement": Words("Requirement added", "新增顾客特殊要求"),
    "customers.edit_requirement": Words("Requirement edited", "编辑顾客特殊要求"),
}
