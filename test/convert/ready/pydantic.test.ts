// Models of pydantic 2, field by field.
import { afterAll, describe, expect, test } from 'vitest'
import { converters, python } from '../../../lib/index.js'
import { skipLoudly } from '../../fixtures/pythons.js'

const hasPydantic = python.eval('__import__("importlib.util").util.find_spec("pydantic")')

if (hasPydantic === null) {
  skipLoudly('models of pydantic', `${python.info.executable} has no pydantic`)
} else {
  python.exec(`
import pydantic, typing
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, RootModel
class User(BaseModel):
    name: str
    age: int = 5
    tags: typing.List[str] = []
    score: float = 1.0
class Team(BaseModel):
    lead: User
    members: typing.List[User] = []
    by_name: typing.Dict[str, User] = {}
class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)
    a: int = 1
class Checked(BaseModel):
    model_config = ConfigDict(validate_assignment=True)
    a: int = 1
class Open(BaseModel):
    model_config = ConfigDict(extra='allow')
    a: int = 1
class Secret(BaseModel):
    a: int = 1
    _hidden: int = PrivateAttr(default=2)
class Aliased(BaseModel):
    a: int = Field(1, alias='theA')
class Node(BaseModel):
    next: typing.Optional['Node'] = None
    value: int = 0
Numbers = RootModel[typing.List[float]]
T = typing.TypeVar('T')
class Box(BaseModel, typing.Generic[T]):
    item: T
@pydantic.dataclasses.dataclass
class Data:
    a: int = 1
def parts(model):
    private = {k: v for k, v in (model.__pydantic_private__ or {}).items()}
    return type(model), model.__dict__, model.__pydantic_extra__, model.model_fields_set, private
`)
  afterAll(python.register([converters.pydantic, converters.dataclasses]))
  const told = (source: string, ...values: unknown[]): unknown => python.eval(source)(...values)

  test.each([
    'User(name="a")',
    'User(name="a", age=5)',
    'User(name="a", score=2.0, tags=["b"])',
    'Team(lead=User(name="a"), members=[User(name="b", age=1)], by_name={"c": User(name="c")})',
    'Frozen(a=2)',
    'Checked()',
    'Open(a=1, b=[2.0], c=User(name="a"))',
    'Secret()',
    'Aliased(theA=3)',
    'Numbers([1.0, 2.5])',
    'Box[int](item=5)',
    'Box[User](item=User(name="a"))',
    'User.model_construct(name=5)',
  ])('%s comes home as it was', (source) => {
    const value = python.eval(source)
    expect(told(`lambda home: parts(${source}) == parts(home) or repr(parts(home))`, value)).toBe(
      true,
    )
  })

  describe('a model in JavaScript', () => {
    test('has its fields, as own enumerable properties', () => {
      const user = python.eval('User(name="a")')
      expect({ ...user }).toEqual({ name: 'a', age: 5, tags: [], score: 1 })
      expect(user.constructor.name).toBe('User')
      expect(JSON.stringify(user)).toBe('{"name":"a","age":5,"tags":[],"score":1}')
      expect({ ...python.eval('Open(b=2)') }).toEqual({ a: 1, b: 2 })
    })

    test('goes back as it was changed, and what was changed counts as set', () => {
      const user = python.eval('User(name="a")')
      user.age = 6
      user.tags.push('new')
      const [age, tags, set] = told(
        'lambda u: (u.age, u.tags, sorted(u.model_fields_set))',
        user,
      ) as unknown[]
      expect([age, tags, set]).toEqual([6, ['new'], ['age', 'name']])
    })

    test('is validated where its class says so', () => {
      const checked = python.eval('Checked()')
      checked.a = '7'
      expect(told('lambda c: c.a', checked)).toBe(7)
      checked.a = 'seven'
      expect(() => told('lambda c: c.a', checked)).toThrow('valid integer')
    })

    test('keeps private attributes', () => {
      python.exec('secret = Secret(); secret._hidden = 9')
      expect(told('lambda s: s._hidden', python.eval('secret'))).toBe(9)
    })

    test('gets no field that its class refuses', () => {
      const user = python.eval('User(name="a")')
      user.other = 1
      expect(() => told('lambda u: u', user)).toThrow('other')
      const open = python.eval('Open()')
      open.other = 1
      expect(told('lambda o: o.other', open)).toBe(1)
    })

    test('is frozen where it is', () => {
      expect(Object.isFrozen(python.eval('Frozen()'))).toBe(true)
    })

    test('can be made by its class, which validates', () => {
      const { constructor: User } = python.eval('User(name="a")')
      expect(told('lambda u: (u.name, u.age)', new User({ name: 'b', age: '3' }))).toEqual(['b', 3])
      expect(() => told('lambda u: u', new User())).toThrow('name')
    })

    test('may be in itself', () => {
      python.exec('node = Node(value=1); node.next = Node(next=node)')
      const node = python.eval('node')
      expect(node.next.next).toBe(node)
      expect(told('lambda n: n.next.next is n', node)).toBe(true)
    })
  })

  test('a dataclass of pydantic is a dataclass', () => {
    expect({ ...python.eval('Data(a="5")') }).toEqual({ a: 5 })
    expect(told('lambda d: d == Data(a=5)', python.eval('Data(5)'))).toBe(true)
  })
}
